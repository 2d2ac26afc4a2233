// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One stitched block: where it is, and which frames it is made of.
package struct Window: Sendable {
  /// The pages of address space it was given, as page numbers (address / page size).
  package let range: Range<Int>

  /// The frames of the block, in the order of their addresses; neighbours are one run.
  package internal(set) var runs: [FrameRun]

  /// The pages of the block: the sum of its runs.
  ///
  /// A block that was shrunk has fewer than its range; the pages behind its end are dead.
  package internal(set) var pageCount: PageCount

  /// What was set aside for it in the mapping budget.
  var mappings: Int

  /// The size that was asked for.
  package internal(set) var byteCount: ByteCount

  /// Whether a `CompoundBuffer` owns the block, or a pointer.
  package internal(set) var isOwned: Bool

  /// The address of the first byte.
  package var address: UInt { UInt(bitPattern: range.lowerBound) << UInt(PageCount.pageShift) }

  /// The frame behind page `page` of the block.
  ///
  /// - Complexity: O(runs).
  package func frame(ofPage page: PageCount) -> Frame {
    var rest = page
    for run in runs {
      if rest < run.pageCount { return run.first + rest }
      rest = rest - run.pageCount
    }
    preconditionFailure("page \(page.rawValue) lies past the end of the block")
  }

  /// The page of the block that a frame is behind, or nil where it belongs to another block.
  ///
  /// - Complexity: O(runs).
  package func page(of frame: Frame) -> PageCount? {
    var before: PageCount = 0
    for run in runs {
      if run.first <= frame && frame < run.end { return before + (frame - run.first) }
      before = before + run.pageCount
    }
    return nil
  }
}

/// The windows in use, by number and by address.
///
/// Not thread-safe.
struct WindowTable: ~Copyable {
  private var slots: [Window?] = []
  private var freeSlots: [Int] = []

  /// The slots in use, ascending by address.
  ///
  /// Next fit appends to its end.
  private var ordered: [(page: Int, slot: Int)] = []

  /// How many windows there are.
  var count: Int { ordered.count }

  /// Adds a window.
  ///
  /// - Returns: its number, which stays valid until it is removed.
  mutating func insert(_ window: Window) -> Int {
    let slot: Int
    if let free = freeSlots.popLast() {
      slot = free
      slots[slot] = window
    } else {
      slot = slots.count
      slots.append(window)
    }
    let page = window.range.lowerBound
    ordered.insert((page, slot), at: index(after: page))
    return slot
  }

  /// Removes a window.
  mutating func remove(_ slot: Int) -> Window {
    guard let window = slots[slot] else {
      stop("the stitched block in slot \(slot) was freed twice")
    }
    slots[slot] = nil
    freeSlots.append(slot)
    ordered.remove(at: index(after: window.range.lowerBound) - 1)
    return window
  }

  /// The window with this number, which must be in use.
  subscript(slot: Int) -> Window {
    get {
      guard let window = slots[slot] else { preconditionFailure("no window in slot \(slot)") }
      return window
    }
    set { slots[slot] = newValue }
  }

  /// The window with this number, or nil.
  func window(_ slot: Int) -> Window? {
    slots.indices.contains(slot) ? slots[slot] : nil
  }

  /// The number of the window whose block an address lies in.
  func slot(containing address: UInt) -> Int? {
    let page = Int(bitPattern: address >> UInt(PageCount.pageShift))
    let index = index(after: page)
    guard index > 0 else { return nil }
    let slot = ordered[index - 1].slot
    let window = self[slot]
    return page < window.range.lowerBound + window.pageCount.rawValue ? slot : nil
  }

  /// Calls a function for every window, ascending by address.
  func forEach(_ body: (Window) -> Void) {
    for (_, slot) in ordered { body(self[slot]) }
  }

  /// Binary search: the first window that begins after a page.
  private func index(after page: Int) -> Int {
    var (low, high) = (0, ordered.count)
    while low < high {
      let middle = (low + high) / 2
      if ordered[middle].page > page { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
