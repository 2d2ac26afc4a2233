// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the free frames are to blocks of one order; no array, so that measuring calls no malloc.
package struct UsableFrames {
  /// The free frames.
  package private(set) var free: PageCount = 0
  /// The longest run of them.
  package private(set) var longestRun: PageCount = 0
  /// Those in aligned blocks of the order.
  private var usable = 0

  /// See `ArenaFragmentation.unusableFreeSpaceIndex`.
  package var unusableFreeSpaceIndex: Double {
    free == 0 ? 1 : Double(free.rawValue - usable) / Double(free.rawValue)
  }

  fileprivate mutating func count(_ run: FrameRun, order: PageOrder) {
    let size = order.pageCount.rawValue
    let aligned = run.end.rawValue / size - (run.first.rawValue + size - 1) / size
    usable += max(0, aligned) * size
    free = free + run.pageCount
    longestRun = max(longestRun, run.pageCount)
  }
}

extension Frames {
  /// Measures what is free for blocks of one order.
  ///
  /// - Complexity: as `forEachFreeRun`.
  package func usable(order: PageOrder) -> UsableFrames {
    var result = UsableFrames()
    forEachFreeRun { result.count($0, order: order) }
    return result
  }
}
