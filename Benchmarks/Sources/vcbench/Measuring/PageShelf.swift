// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Some pages, in one place.
///
/// Invariant: the first `count` places hold a page, the others none.
@safe
final class PageShelf<Page: ~Copyable> {
  private let base: UnsafeMutablePointer<Page>
  private let capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    unsafe base = UnsafeMutablePointer.allocate(capacity: capacity)
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  var isFull: Bool { count == capacity }

  func add(_ page: consuming Page) {
    precondition(!isFull)
    unsafe (base + count).initialize(to: page)
    count += 1
  }

  func takeLast() -> Page? {
    guard count > 0 else { return nil }
    count -= 1
    return unsafe (base + count).move()
  }

  /// Takes a page out and puts another one in its place.
  func exchange(_ index: Int, for page: consuming Page) -> Page {
    precondition(0 <= index && index < count)
    let old = unsafe (base + index).move()
    unsafe (base + index).initialize(to: page)
    return old
  }

  /// Calls a function with the page at an index.
  func withPage<Result>(_ index: Int, _ body: (borrowing Page) -> Result) -> Result {
    precondition(0 <= index && index < count)
    return unsafe body(base[index])
  }
}
