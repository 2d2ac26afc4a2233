// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Windows {
  /// The window of a block that is in use, for the block's owner.
  package func window(_ number: Int) -> Window { windows.load(number) }

  /// The window whose block an address lies in, its number, and how far into the block that is.
  ///
  /// - Complexity: O(1) expected for the first byte of a block; else as
  ///   `Vmem.segment(containing:)`.
  package func window(
    containing address: UInt
  ) -> (number: Int, window: Window, offset: ByteCount)? {
    let page = Int(bitPattern: address >> UInt(PageCount.pageShift))
    guard let index = space.segment(startingAt: page) ?? space.segment(containing: page) else {
      return nil
    }
    let window = table.withLock { $0[Int(index)] }
    guard window.state == .live, let offset = window.offset(of: address) else { return nil }
    return (Int(index), window, offset)
  }

  /// A window whose block is in use, and the page of the block that a frame is behind.
  ///
  /// - Complexity: O(runs).
  package func window(
    _ number: Int, pageBehind frame: PageFrame
  ) -> (window: Window, page: PageCount)? {
    table.withLock { table in
      guard table[number].state == .live else { return nil }
      var before: PageCount = 0
      for run in runs.elements(of: table[number].runs) {
        if run.first <= frame, frame < run.end {
          return (table[number], before + (frame - run.first))
        }
        before += run.pageCount
      }
      return nil
    }
  }

  /// Where the block of a window begins, or nil where it is not in use any more.
  func address(ofLive number: Int) -> UInt? {
    table.withLock { $0[number].state == .live ? $0[number].address : nil }
  }

  /// Whether an address lies where windows are, used or not.
  package func reserves(_ address: UInt) -> Bool {
    space.contains(Int(bitPattern: address >> UInt(PageCount.pageShift)))
  }

  /// Hands a block to another owner.
  package func setOwner(of number: Int, _ owner: BlockOwner) {
    table.withLock { $0[number].owner = owner }
  }

  /// The mappings that could still be had, those of retired windows included.
  package var availableMappings: Int {
    table.withLock { $0.budget.available + $0.retiredMappings }
  }

  /// The error for a request for which there are no mappings, or no nodes for its runs.
  package var shortage: CompoundError { table.withLock { $0.shortage(of: 1) } }

  /// The mappings in use and at their peak, and the windows in use and awaiting teardown.
  package var counts: (mappings: Int, peak: Int, limit: Int, live: LiveWindows, retired: Int) {
    table.withLock {
      ($0.budget.used, $0.budget.peak, $0.budget.limit, $0.live, $0.retiredCount)
    }
  }
}
