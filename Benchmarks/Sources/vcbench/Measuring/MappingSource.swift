// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Anonymous memory by mmap and munmap, which is what programs without an allocator for large
/// blocks use.
package struct MappingSource: BlockSource {
  /// Needs nothing.
  package init() {}

  /// Maps a block; for an alignment above a page, more than that, and unmaps what is too much.
  ///
  /// What it maps is zeroed always.
  package func allocate(
    _ byteCount: Int, alignment: Int, zeroed: Bool
  ) throws(CommandFailure) -> UnsafeMutableRawPointer {
    let extra = max(0, alignment - LivePeak.pageSize)
    guard
      let start = unsafe mmap(
        nil, byteCount + extra, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else { throw .input("mmap failed: \(describe(errorNumber: errno))") }
    guard extra > 0 else { return unsafe start }
    let block = unsafe start.alignedUp(toMultipleOf: alignment)
    let head = unsafe block - start
    if head > 0 { unsafe munmap(start, head) }
    if extra > head { unsafe munmap(block + byteCount, extra - head) }
    return unsafe block
  }

  package func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe munmap(block, byteCount)
  }
}
