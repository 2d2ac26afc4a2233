// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How much memory the arena holds, and how much it may hold for the sake of speed.
package struct Residency: Sendable {
  /// Frames with memory behind them, in use or free.
  package private(set) var now: PageCount = 0
  /// The most there ever were.
  package private(set) var peak: PageCount = 0
  /// The most frames that were ever in use at once.
  private var peakUsed: PageCount = 0

  /// Notes frames that have got memory, or with a negative number have lost it.
  mutating func add(_ pages: PageCount) {
    now += pages
    peak = max(peak, now)
  }

  /// Notes how much is in use, which is at a peak only where something is about to be freed.
  ///
  /// Not when magazines are emptied: what is in them looks used.
  @inline(__always)
  mutating func noteUsed(free: PageCount) {
    peakUsed = max(peakUsed, now - free)
  }

  /// The frames that may become resident so that a request need not be stitched.
  ///
  /// The request itself counts as in use only while it is asked for: one that is refused raises
  /// nothing. A slack is a chunk at least, beyond whole chunks: less cannot become resident, and a
  /// heap of less than five would have none.
  ///
  /// - Parameters:
  ///   - count: the frames of the request.
  ///   - free: the free frames with memory.
  ///   - slack: what may be resident beyond the most that was ever in use, as a share of that:
  ///     at least 0 and finite.
  /// - Returns: how many; 0 where none may.
  func room(for count: PageCount, free: PageCount, slack: Double) -> PageCount {
    let used = max(peakUsed, now - free + count)
    guard slack > 0 else { return max(0, used - now) }
    let chunk = PageCount.pagesPerChunk
    let share = Int(min(Double(used.rawValue) * slack, Double(Int32.max)))
    let whole = (used.rawValue + chunk - 1) / chunk * chunk
    return max(0, PageCount(max(used.rawValue + share, whole + chunk)) - now)
  }
}
