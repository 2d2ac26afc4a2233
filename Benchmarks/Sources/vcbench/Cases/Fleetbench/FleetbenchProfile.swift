// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The allocations of a program as Fleetbench has them: for each size how often it is allocated,
/// and how many objects of it are alive on average.
package struct FleetbenchProfile: Equatable, Sendable {
  /// A size.
  package struct Entry: Equatable, Sendable {
    /// Bytes.
    package var byteCount: Int
    /// Allocations in some unit of time.
    package var rate: Double
    /// Objects alive on average.
    package var live: Double

    /// Makes an entry.
    package init(byteCount: Int, rate: Double, live: Double) {
      self.byteCount = byteCount
      self.rate = rate
      self.live = live
    }
  }

  /// The sizes that are allocated at all.
  package let entries: [Entry]

  /// What rates above 0 may be, and, at the upper end, live objects: sums and quotients of them are
  /// numbers.
  private static let figures = 1e-15...1e15

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: its name.
  ///   - least: the smallest size that counts.
  /// - Throws: a failure for a file that cannot be read, or has no such sizes.
  package init(path: String, from least: Int = LivePeak.pageSize) throws(CommandFailure) {
    try self.init(try InputFile.bytes(at: path), name: path, from: least)
  }

  /// Reads lines of `size, rate, live objects`.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - name: the file's name, for the failure.
  ///   - least: the smallest size that counts.
  /// - Throws: a failure for the first line that is none, or where no size counts.
  package init(
    _ bytes: [UInt8], name: String, from least: Int = LivePeak.pageSize
  ) throws(CommandFailure) {
    var entries: [Entry] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { String(decoding: $0.filter { $0 > 0x20 }, as: UTF8.self) }
      guard fields.count == 3, let size = Int(fields[0]), (1...1 << 40).contains(size),
        let rate = Double(fields[1]), let live = Double(fields[2]),
        rate == 0 || Self.figures.contains(rate), live >= 0, live <= Self.figures.upperBound
      else {
        throw .input(
          "\(name):\(index + 1): expected 'size, allocation rate, live objects': a whole number "
            + "from 1 to \(1 << 40), a number that is 0 or from 1e-15 to 1e15, and one from 0 "
            + "to 1e15")
      }
      if size >= least, rate > 0 {
        entries.append(Entry(byteCount: size, rate: rate, live: live))
      }
    }
    guard !entries.isEmpty else {
      throw .input("\(name): no sizes of \(least) bytes and more")
    }
    self.entries = entries
  }

  /// The bytes alive on average.
  package var liveByteCount: Double {
    entries.reduce(0) { $0 + $1.live * Double($1.byteCount) }
  }
}
