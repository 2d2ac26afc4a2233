// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Ledger {
  // MARK: Counting

  /// Counts a block that was stitched.
  package mutating func noteStitch(_ mappings: Int, _ owner: BlockOwner) {
    noteStitch(mappings)
    counts.enter(owner)
  }

  /// Counts a block that was stitched, and takes the place of another one.
  package mutating func noteStitch(_ mappings: Int) {
    pressure.note(isStitched: true)
    counts.stitchedAllocations += 1
    counts.stitchedRuns += mappings
  }

  /// Notes how much is in use, where a block is about to be freed.
  @inline(__always)
  package mutating func notePeak() { residency.noteUsed(free: frames.freeResident) }

  // MARK: Refusing

  /// The error for a request that cannot be served.
  package func shortage(of count: PageCount) -> CompoundError {
    .outOfMemory(
      asked: count, free: frames.free, largestRun: frames.longestFreeRun,
      limit: count <= frames.free ? .contiguity : .capacity)
  }
}
