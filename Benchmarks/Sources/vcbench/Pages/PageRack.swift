// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A row of places for pages, in the order in which they were put there.
///
/// A receiver's next call fills its pages in order; what the call left alone stays in place where
/// new pages have room before it. So pages are used, handed on and let go of in the order in which they
/// were taken, as in a server.
///
/// Invariants: the places `first ..< end` hold a page each, the others nothing; an empty rack begins
/// at 0.
@safe
package struct PageRack<Page: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutablePointer<Page>
  private var first = 0
  private var end = 0

  /// The places.
  package let capacity: Int

  /// Makes a row of empty places.
  package init(capacity: Int) {
    self.capacity = capacity
    unsafe base = UnsafeMutablePointer.allocate(capacity: capacity)
  }

  deinit {
    unsafe (base + first).deinitialize(count: count)
    unsafe base.deallocate()
  }

  /// The pages.
  package var count: Int { end - first }

  /// The places that are empty.
  package var emptyCount: Int { capacity - count }

  /// Whether no place is empty.
  package var isFull: Bool { count == capacity }

  /// Puts a page behind the others, for which there must be room.
  @inline(__always)
  package mutating func append(_ page: consuming Page) {
    if end == capacity { moveToStart() }
    precondition(end < capacity, "a page put into a full rack")
    unsafe (base + end).initialize(to: page)
    end += 1
  }

  /// Puts new pages before the others, or behind them where there is no room before; in order.
  ///
  /// - Parameters:
  ///   - count: how many, `emptyCount` at most, or the program stops.
  ///   - next: makes one; where it fails, the rack has those before.
  /// - Throws: the failure of `next`.
  @inline(__always)
  package mutating func fill<Failure: Error>(
    _ count: Int, _ next: () throws(Failure) -> Page
  ) throws(Failure) {
    precondition(count <= emptyCount, "\(count) pages put into a rack with room for \(emptyCount)")
    let isBefore = first >= count && self.count > 0
    if !isBefore, end + count > capacity { moveToStart() }
    let start = isBefore ? first - count : end
    var place = start
    defer { settle(start, filled: place - start, isBefore) }
    while place < start + count {
      let page = try next()
      unsafe (base + place).initialize(to: page)
      place += 1
    }
  }

  @inline(never)
  private mutating func moveToStart() {
    let count = count
    unsafe base.moveInitialize(from: base + first, count: count)
    (first, end) = (0, count)
  }

  /// Joins new pages and the others.
  @inline(__always)
  private mutating func settle(_ start: Int, filled: Int, _ isBefore: Bool) {
    guard isBefore else { return end += filled }
    // Not all came: they move up to the others.
    if start + filled < first {
      unsafe (base + first - filled).moveInitialize(from: base + start, count: filled)
    }
    first -= filled
  }

  /// Takes the first page, or nil where there is none.
  @inline(__always)
  package mutating func takeFirst() -> Page? {
    guard first < end else { return nil }
    let page = unsafe (base + first).move()
    first += 1
    if first == end { (first, end) = (0, 0) }
    return page
  }

  /// Takes the last page, or nil where there is none.
  @inline(__always)
  package mutating func takeLast() -> Page? {
    guard first < end else { return nil }
    end -= 1
    let page = unsafe (base + end).move()
    if first == end { (first, end) = (0, 0) }
    return page
  }

  /// Takes a page out and puts another one in its place.
  ///
  /// - Parameters:
  ///   - index: 0 ..< `count`, or the program stops.
  ///   - page: the other one.
  /// - Returns: the page that was there.
  package mutating func exchange(_ index: Int, for page: consuming Page) -> Page {
    precondition(0 <= index && index < count, "no page at \(index)")
    let old = unsafe (base + first + index).move()
    unsafe (base + first + index).initialize(to: page)
    return old
  }

  /// Drops all pages, the first one first.
  package mutating func removeAll() {
    unsafe (base + first).deinitialize(count: count)
    (first, end) = (0, 0)
  }

  /// Calls a function with a page.
  ///
  /// - Parameters:
  ///   - index: 0 ..< `count`, or the program stops.
  ///   - body: the function.
  /// - Returns: what it returns.
  @inline(__always)
  package func withPage<Result>(_ index: Int, _ body: (borrowing Page) -> Result) -> Result {
    precondition(0 <= index && index < count, "no page at \(index)")
    return unsafe body(base[first + index])
  }
}
