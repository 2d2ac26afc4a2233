// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the kernel says about memory that is mapped by huge pages.
package enum HugeMappings {
  /// The bytes of this process's mappings in a range that are mapped by huge pages.
  ///
  /// - Parameter range: whole mappings count that lie in it, at least in part.
  /// - Returns: bytes, at most the range's; nil where the kernel does not tell.
  package static func byteCount(in range: Range<UInt>) -> Int? {
    guard let bytes = try? InputFile.bytes(at: "/proc/self/smaps") else { return nil }
    return byteCount(bytes, in: range)
  }

  /// The same, in the text of such a file.
  package static func byteCount(_ smaps: [UInt8], in range: Range<UInt>) -> Int? {
    var isInside = false
    var sum: Int?
    for line in smaps.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
      guard let first = fields.first else { continue }
      if let mapping = mapping(first) {
        isInside = mapping.overlaps(range)
      } else if isInside, first.elementsEqual("ShmemPmdMapped:".utf8), fields.count > 1,
        let kibibytes = Int(String(decoding: fields[1], as: UTF8.self))
      {
        sum = (sum ?? 0) + kibibytes << 10
      }
    }
    return sum.map { min($0, range.count) }
  }

  /// The range of a mapping, as `7f0000000000-7f0000200000`.
  private static func mapping(_ word: ArraySlice<UInt8>) -> Range<UInt>? {
    let ends = word.split(separator: UInt8(ascii: "-")).map {
      UInt(String(decoding: $0, as: UTF8.self), radix: 16)
    }
    guard ends.count == 2, let start = ends[0], let end = ends[1], start < end else { return nil }
    return start..<end
  }
}
