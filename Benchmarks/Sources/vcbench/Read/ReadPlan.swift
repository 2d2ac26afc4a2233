// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A piece of a file that is read by one `preadv`.
package struct ReadRequest: Equatable, Sendable {
  /// The number of the file.
  package let file: Int
  /// Where in the file it begins: a multiple of the page size.
  package let offset: Int
  /// Its bytes, at least 1; the last page may be filled in part.
  package let byteCount: Int
  /// The number of its first block, counted through all the files.
  package let firstBlock: Int

  /// Makes a request.
  package init(file: Int, offset: Int, byteCount: Int, firstBlock: Int) {
    self.file = file
    self.offset = offset
    self.byteCount = byteCount
    self.firstBlock = firstBlock
  }

  /// The blocks, and so the pages that it needs.
  package var blockCount: Int { ReadPlan.blocks(byteCount) }
}

/// All the files cut into requests, in order, and into blocks of a page each.
///
/// Every file begins with a block of its own; its last block has the bytes that are left.
package struct ReadPlan: Equatable, Sendable {
  /// The requests that read everything once.
  package private(set) var requests: [ReadRequest] = []
  /// For each file the number of its first block, and at the end the number of all blocks.
  package private(set) var starts = [0]
  /// The bytes of each file.
  package let sizes: [Int]

  /// Cuts files of these sizes into requests of at most so many pages.
  package init(sizes: [Int], pages: Int) {
    self.sizes = sizes
    let most = pages * LivePeak.pageSize
    for (file, size) in sizes.enumerated() {
      for offset in stride(from: 0, to: size, by: most) {
        requests.append(
          ReadRequest(
            file: file, offset: offset, byteCount: min(most, size - offset),
            firstBlock: blockCount + offset / LivePeak.pageSize))
      }
      starts.append(blockCount + Self.blocks(size))
    }
  }

  /// The bytes of all files.
  package var byteCount: Int { sizes.reduce(0, +) }

  /// The blocks of all files.
  package var blockCount: Int { starts[starts.count - 1] }

  /// The blocks of a file.
  package func blocks(ofFile file: Int) -> Range<Int> { starts[file]..<starts[file + 1] }

  /// The file that a block belongs to, and where the block begins there.
  package func place(ofBlock block: Int) -> (file: Int, offset: Int) {
    let file = starts.lastIndex { $0 <= block } ?? 0
    return (file, (block - starts[file]) * LivePeak.pageSize)
  }

  /// The blocks that so many bytes take.
  static func blocks(_ byteCount: Int) -> Int {
    (byteCount + LivePeak.pageSize - 1) / LivePeak.pageSize
  }
}
