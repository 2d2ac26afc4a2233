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

  /// Says why a request cannot be served.
  ///
  /// - Parameters:
  ///   - count: the pages of the request.
  ///   - isResidentOnly: whether it may not have memory made resident.
  /// - Returns: the error.
  package func shortage(of count: PageCount, isResidentOnly: Bool = false) -> CompoundError {
    let enough: CompoundError.Limit = isResidentOnly ? .residency : .contiguity
    return .outOfMemory(
      asked: count, free: frames.free, largestRun: frames.longestFreeRun,
      limit: count <= frames.free ? enough : .capacity)
  }
}
