// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How much free memory no request has needed for a while, and goes back to the system.
///
/// Time is cut into steps, eight to the time after which memory is given back. The least memory
/// that was free in any of the last eight steps is what no request needed in all that time. Half of
/// it goes back with each step, and the rest when it is no more than a chunk: gradually, so that a
/// load which comes back soon finds most of it still there. (jemalloc's decay follows a curve over
/// the same time, by the age of what was freed; the least that was free needs no ages.)
///
/// Pure arithmetic.
package struct Decay: Sendable {
  /// The steps in the time that memory stays free before it goes.
  package static let stepCount = 8

  /// The least that was free in each of the last steps.
  private var least = InlineArray<8, PageCount>(repeating: 0)
  private var next = 0

  /// Nothing has been free yet.
  package init() {}

  /// Ends a step.
  ///
  /// - Parameter least: the least free memory in it.
  /// - Returns: what goes back now.
  package mutating func step(least: PageCount) -> PageCount {
    self.least[next] = least
    next = (next + 1) % Self.stepCount
    var unneeded = least
    for index in 0..<Self.stepCount { unneeded = min(unneeded, self.least[index]) }
    let isLittle = unneeded.rawValue <= PageCount.pagesPerChunk
    let due = isLittle ? unneeded : PageCount((unneeded.rawValue + 1) / 2)
    for index in 0..<Self.stepCount { self.least[index] -= due }
    return due
  }
}
