// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What every way has to read, and what must come out.
package struct ReadJob: Sendable {
  /// The files.
  package let files: [ReadFile]
  /// How they are cut.
  package let plan: ReadPlan
  /// The hash of every block, as plain `pread` found it.
  package var expected: [UInt64]

  /// Opens the files and reads them once, plainly.
  ///
  /// Their sizes are what could be read, not what the system says: files of `/proc` have none.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - pages: the most pages of one request.
  /// - Throws: a failure that names the file.
  package init(_ paths: [String], pages: Int) throws(CommandFailure) {
    var files: [ReadFile] = []
    var sizes: [Int] = []
    var expected: [UInt64] = []
    var progress = Progress("reading")
    defer { progress.finish() }
    for (index, path) in paths.enumerated() {
      let file = try ReadFile(path)
      sizes.append(try Self.read(file, &expected))
      files.append(file)
      progress.update(index + 1, of: paths.count)
    }
    self.files = files
    self.expected = expected
    plan = ReadPlan(sizes: sizes, pages: pages)
  }

  /// The hash of all files.
  package var hash: UInt64 { XXH64.hash(expected) }

  /// The hash of one file.
  package func hash(ofFile file: Int) -> UInt64 { XXH64.hash(expected[plan.blocks(ofFile: file)]) }

  private static func read(
    _ file: ReadFile, _ hashes: inout [UInt64]
  ) throws(CommandFailure) -> Int {
    var chunk = [UInt8](repeating: 0, count: 64 * LivePeak.pageSize)
    var offset = 0
    while true {
      let count = try file.read(at: offset, into: &chunk)
      unsafe chunk.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: count, by: LivePeak.pageSize) {
          let end = min(count, start + LivePeak.pageSize)
          let block = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
          unsafe hashes.append(XXH64.hash(block))
        }
      }
      offset += count
      if count < chunk.count { return offset }
    }
  }
}
