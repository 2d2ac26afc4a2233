// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Blocks that become several, and several that become one. The frames stay in their account.

extension Ledger {
  // MARK: Splitting

  /// Makes two contiguous blocks of one.
  package mutating func divide(
    _ run: FrameRun, at count: PageCount, _ lower: BlockTable.Record, _ upper: BlockTable.Record
  ) {
    blocks.update(run.first, lower)
    blocks.insert(run.dropping(count), upper)
    counts.contiguousAllocations += 1
    counts.enter(upper.owner)
  }

  /// Makes blocks of one size of a run that was a contiguous block, or a part of a stitched one.
  ///
  /// They are counted by the caller.
  package mutating func divide(_ run: FrameRun, into size: PageCount, _ record: BlockTable.Record) {
    blocks.removeHeads(in: run)
    blocks.insertBlocks(run, of: size, record)
  }

  /// Counts blocks of buffers that one was split into.
  ///
  /// - Parameters:
  ///   - contiguous: those of one run that there are more.
  ///   - stitched: those in windows that there are more.
  package mutating func noteSplit(contiguous: Int, stitched: Int) {
    counts.contiguousAllocations += contiguous
    counts.stitchedAllocations += max(0, stitched)
    counts.frees += max(0, -stitched)
    counts.enter(.buffer, contiguous + stitched)
  }

  // MARK: Joining

  /// Makes one contiguous block of all that begin in a run, and end in it.
  package mutating func join(_ run: FrameRun, _ record: BlockTable.Record) {
    blocks.removeHeads(in: run)
    blocks.insert(run, record)
  }

  /// Makes runs of blocks, and of other windows, those of a window.
  package mutating func joinWindow(_ list: RunList, in runs: borrowing RunTable, window: Int) {
    for run in runs.elements(of: list) { blocks.removeHeads(in: run) }
    enterWindow(list, in: runs, window: window, new: 0)
  }

  /// Counts blocks of buffers that became one.
  ///
  /// - Parameters:
  ///   - number: how many they were.
  ///   - mappings: the runs that were mapped for the one; nil where it took the place of the first.
  package mutating func noteJoin(_ number: Int, mappings: Int?) {
    counts.frees += number - 1
    // The heap does not end: one of them is left.
    counts.enter(.buffer, 1 - number)
    guard let mappings else { return }
    counts.frees += 1
    counts.stitchedAllocations += 1
    counts.stitchedRuns += mappings
  }
}
