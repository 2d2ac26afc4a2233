// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A row of places for pages, the empty ones first.
///
/// The receiver's next call fills its pages in order; what the call left alone stays in place.
///
/// Invariants: the first `emptyCount` places hold nothing, the others a page each.
@safe
package struct PageRack<Page: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutablePointer<Page>

  /// The places.
  package let capacity: Int

  /// The places that are empty.
  package private(set) var emptyCount: Int

  /// Makes a row of empty places.
  package init(capacity: Int) {
    self.capacity = capacity
    emptyCount = capacity
    unsafe base = UnsafeMutablePointer.allocate(capacity: capacity)
  }

  deinit {
    unsafe (base + emptyCount).deinitialize(count: capacity - emptyCount)
    unsafe base.deallocate()
  }

  /// The places that hold a page.
  package var count: Int { capacity - emptyCount }

  /// Whether no place is empty.
  package var isFull: Bool { emptyCount == 0 }

  /// Puts a page into the last of the empty places.
  @inline(__always)
  package mutating func put(_ page: consuming Page) {
    precondition(emptyCount > 0, "a page put into a full rack")
    emptyCount -= 1
    unsafe (base + emptyCount).initialize(to: page)
  }

  /// Takes the first page, or nil where there is none.
  @inline(__always)
  package mutating func takeFirst() -> Page? {
    guard emptyCount < capacity else { return nil }
    let page = unsafe (base + emptyCount).move()
    emptyCount += 1
    return page
  }

  /// Takes a page out and puts another one in its place.
  ///
  /// - Parameters:
  ///   - index: `emptyCount` ..< `capacity`, or the program stops.
  ///   - page: the other one.
  /// - Returns: the page that was there.
  package mutating func exchange(_ index: Int, for page: consuming Page) -> Page {
    precondition(emptyCount <= index && index < capacity, "no page at \(index)")
    let old = unsafe (base + index).move()
    unsafe (base + index).initialize(to: page)
    return old
  }

  /// Drops all pages.
  package mutating func removeAll() {
    unsafe (base + emptyCount).deinitialize(count: capacity - emptyCount)
    emptyCount = capacity
  }

  /// Calls a function with a page.
  ///
  /// - Parameters:
  ///   - index: `emptyCount` ..< `capacity`, or the program stops.
  ///   - body: the function.
  /// - Returns: what it returns.
  @inline(__always)
  package func withPage<Result>(_ index: Int, _ body: (borrowing Page) -> Result) -> Result {
    precondition(emptyCount <= index && index < capacity, "no page at \(index)")
    return unsafe body(base[index])
  }
}
