// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The hashes of all blocks, as the threads of one measurement find them.
///
/// The same block may be read twice at once, in two passes over the files: the numbers are atomic
/// so that this is no race.
///
/// Invariant: `base` points to `count` initialized numbers while this lives.
@safe
final class BlockHashes: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  /// Room for so many hashes, all 0.
  init(count: Int) {
    self.count = count
    unsafe base = UnsafeMutablePointer.allocate(capacity: count)
    for index in 0..<count { unsafe (base + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  /// Notes the hash of a block.
  func note(_ hash: UInt64, ofBlock block: Int) {
    precondition(0 <= block && block < count, "block \(block) of \(count)")
    unsafe base[block].store(hash, ordering: .relaxed)
  }

  /// The hash of all blocks together, once the threads are at their end.
  var hash: UInt64 {
    XXH64.hash((0..<count).map { unsafe base[$0].load(ordering: .relaxed) })
  }
}
