// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An array of places for pages of one size, each empty or filled, that owns the pages in it.
///
/// Programs that move data in pages keep such an array:
/// ``CompoundAllocator/allocate(into:demand:zeroed:)`` fills the empty slots in one call, the
/// program takes single pages out and puts others in, and what is left is freed together with the
/// array.
///
/// Like any value it must not be changed by two threads at once, which its ownership sees to; it
/// may be sent to another thread.
///
/// Invariants: a slot that is not `none` is a block of the size of `2^order` pages that a buffer
/// owned and that belongs to this value alone; `filledCount` slots are such.
@safe
public struct PageSlots: ~Copyable, @unchecked Sendable {
  private let lifetime: Lifetime

  let door: Door

  /// Names the pages in the census.
  let label: SourceLabel

  private let base: UnsafeMutablePointer<PackedPlace>

  /// The slots.
  public let count: Int

  /// The size of the pages: 2^order of the system's.
  public let order: PageOrder

  /// The slots that hold a page.
  public private(set) var filledCount = 0

  /// Makes an array of empty slots.
  ///
  /// - Parameters:
  ///   - count: the slots; the program stops for a negative number.
  ///   - order: the size of every page.
  ///   - allocator: where the pages come from.
  ///   - label: names the pages in the census (``CompoundAllocator/census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  public init(
    count: Int, order: PageOrder = 0, allocator: CompoundAllocator, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) {
    guard count >= 0 else { stop("an array of \(count) slots") }
    lifetime = allocator.lifetime
    door = allocator.door
    self.label = SourceLabel(label, file, line)
    self.count = count
    self.order = order
    unsafe base = UnsafeMutablePointer.allocate(capacity: count)
    unsafe base.initialize(repeating: .none, count: count)
  }

  deinit {
    if filledCount > 0 { giveBulk() }
    unsafe base.deallocate()
  }

  /// The size of every page in bytes.
  public var bytesPerPage: ByteCount { order.byteCount }

  /// Whether no slot is empty.
  public var isFull: Bool { filledCount == count }

  /// Whether a slot, 0 ..< `count`, holds a page; the program stops for another index.
  public func isFilled(at index: Int) -> Bool { !place(index).isNone }

  // MARK: One page

  /// Takes a page out of its slot.
  ///
  /// - Parameter index: 0 ..< `count`, or the program stops.
  /// - Returns: the page, or nil where the slot is empty.
  public mutating func take(at index: Int) -> CompoundBuffer? {
    let place = place(index)
    if place.isNone { return nil }
    table.store(.none, at: index)
    filledCount -= 1
    // A child of fork does not look at windows.
    let unknown = Block(
      address: place.address, byteCount: order.byteCount, place: .stitched(window: 0))
    let block =
      place.isStitched
      ? door.enter(inChild: unknown) { $0.block(at: place, order.pageCount) }
      : door.pass { $0.block(at: place, order.pageCount) }
    return CompoundBuffer(adopting: block, of: door)
  }

  /// Puts a page into an empty slot.
  ///
  /// The program stops where the slot is not empty, or the page has another size or comes from
  /// another allocator.
  ///
  /// - Parameters:
  ///   - page: a buffer of exactly `bytesPerPage` bytes.
  ///   - index: 0 ..< `count`.
  public mutating func put(_ page: consuming CompoundBuffer, at index: Int) {
    guard place(index).isNone else {
      stop("slot \(index) holds the page at \(hexadecimal(place(index).address)) already")
    }
    guard page.byteCount == bytesPerPage else {
      stop(
        "cannot put \(hexadecimal(page.block.address)) of \(page.byteCount) into slots of "
          + "\(bytesPerPage)")
    }
    table.store(PackedPlace(page.surrender(to: door)), at: index)
    filledCount += 1
  }

  /// Frees all pages.
  ///
  /// - Complexity: O(slots).
  public mutating func removeAll() {
    guard filledCount > 0 else { return }
    giveBulk()
    forgetAll()
  }

  /// Empties all slots, whose pages have another owner.
  mutating func forgetAll() {
    for index in 0..<count { table.store(.none, at: index) }
    filledCount = 0
  }

  /// Counts pages that have just been put into slots.
  mutating func noteFilled(_ number: Int) { filledCount += number }

  // MARK: Filling

  /// See `CompoundAllocator.allocate(into:demand:zeroed:)`.
  mutating func fill(
    _ demand: BulkDemand, isZeroed: Bool
  ) throws(CompoundError) -> BulkResult {
    let empty = count - filledCount
    guard empty > 0 else { return BulkResult(newlyTaken: 0, filled: filledCount) }
    let minimum =
      switch demand {
      case .all: empty
      case .atLeast(let wanted): max(0, min(wanted, empty))
      case .available: 0
      }
    // What is new must be told from what was there, should the call fail.
    let marks = filledCount > 0
    let slots = table
    let (order, label) = (order, label)
    var index = 0
    func fill(_ place: PackedPlace) {
      while !slots.load(index).isNone { index += 1 }
      slots.store(marks ? place.marked : place, at: index)
      index += 1
    }
    let cached = door.pass { $0.takeCachedPages(empty, order: order, fill) }
    var outcome = BulkOutcome(taken: 0)
    if cached < empty {
      let inChild = BulkOutcome(taken: 0, failure: .usedAfterFork)
      outcome = door.enter(inChild: inChild) { heap in
        heap.takeBulk(
          empty - cached, order: order, atLeast: max(0, minimum - cached), label, fill)
      }
    }
    outcome.taken += cached
    if marks || isZeroed || outcome.failure != nil {
      settle(upTo: index, marks: marks, keeping: outcome.failure == nil, isZeroed: isZeroed)
    }
    if let failure = outcome.failure { throw failure }
    filledCount += outcome.taken
    return BulkResult(newlyTaken: outcome.taken, filled: filledCount)
  }

  /// Takes the marks off new pages and zeroes them, or frees them where the call that took them
  /// failed.
  private mutating func settle(upTo end: Int, marks: Bool, keeping: Bool, isZeroed: Bool) {
    for index in 0..<end {
      let place = table.load(index)
      guard !marks || place.isMarked, !place.isNone else { continue }
      table.store(keeping ? place.unmarked : .none, at: index)
      if !keeping {
        door.enter(inChild: ()) { $0.giveBulk(place.unmarked, order: order) }
      } else if isZeroed {
        let memory = Memory(place.unmarked.address, order.byteCount)
        _ = unsafe memory.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
  }

  // MARK: Memory

  /// Frees all pages; the slots keep their words.
  private func giveBulk() {
    door.enter(inChild: ()) { $0.giveBulk(table, count: count, order: order) }
  }

  /// The slots, which belong to this value.
  var table: SharedTable<PackedPlace> { unsafe SharedTable(base: base, count: count) }

  /// What a slot holds.
  func place(_ index: Int) -> PackedPlace {
    guard 0 <= index, index < count else { stop("there is no slot \(index) of \(count)") }
    return table.load(index)
  }
}
