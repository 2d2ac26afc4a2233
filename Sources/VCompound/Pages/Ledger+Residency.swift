// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Ledger {
  // MARK: Residency

  /// See `Residency.room`; zero where nothing is absent.
  package func roomToGrow(for count: PageCount, slack: Double) -> PageCount {
    guard frames.freeAbsent > 0 else { return 0 }
    return residency.room(for: count, free: frames.freeResident, slack: slack)
  }

  /// Takes absent chunks out of sight that would help a request; see `Frames.hideAbsent`.
  package mutating func hideAbsent(
    for count: PageCount, contiguous: Bool, alignment: PageCount, atMost limit: PageCount
  ) -> Range<Int>? {
    guard contiguous || count > frames.freeResident else { return nil }
    return frames.hideAbsent(
      for: count, contiguous: contiguous, alignment: alignment, atMost: limit)
  }

  /// Shows hidden chunks that have memory, new memory or that which they had before.
  package mutating func publish(_ chunks: Range<Int>, isNew: Bool) {
    if isNew { residency.add(frames.hiddenFrames(in: chunks).pageCount) }
    frames.publish(chunks)
    gains &+= 1
  }

  /// Files hidden chunks without memory, which had some before or not.
  package mutating func retire(_ chunks: Range<Int>, hadMemory: Bool) {
    if hadMemory { residency.add(0 - frames.hiddenFrames(in: chunks).pageCount) }
    frames.retire(chunks)
  }

  // MARK: Scattered frames

  /// Shows hidden frames that have memory, new memory or that which they had before.
  package mutating func publish(_ run: FrameRun, isNew: Bool) {
    if isNew { residency.add(run.pageCount) }
    frames.publish(run)
    gains &+= 1
  }

  /// Files hidden frames without memory, which had some before or not.
  package mutating func retire(_ run: FrameRun, hadMemory: Bool) {
    if hadMemory { residency.add(0 - run.pageCount) }
    frames.retire(run)
    // Other frames can have that memory now.
    gains &+= 1
  }

  /// Lets memory be had that was reserved; see `Frames.reserve`.
  package mutating func unreserve(_ count: PageCount) {
    frames.reserve(0 - count)
    gains &+= 1
  }
}
