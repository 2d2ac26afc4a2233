// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A view of a table that is read and written without a lock.
///
/// Its users see to two things: that no two threads touch an element at once, one of them writing;
/// and that the table outlives the view.
@safe
package struct SharedTable<Element: BitwiseCopyable>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>
  package let count: Int

  /// Views the elements of a table.
  @unsafe
  package init(base: UnsafeMutablePointer<Element>, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The element at an index in 0 ..< count.
  @inline(__always)
  package func load(_ index: Int) -> Element {
    assert(0 <= index && index < count, "table index out of range")
    return unsafe base[index]
  }

  /// Changes the element at an index in 0 ..< count where it is.
  @inline(__always)
  package func update<Result>(_ index: Int, _ body: (inout Element) -> Result) -> Result {
    assert(0 <= index && index < count, "table index out of range")
    return unsafe body(&base[index])
  }

  /// Replaces the element at an index in 0 ..< count.
  @inline(__always)
  package func store(_ element: Element, at index: Int) {
    assert(0 <= index && index < count, "table index out of range")
    unsafe base[index] = element
  }
}

extension ZeroedTable {
  /// As `SharedTable.load`.
  @inline(__always)
  package func load(_ index: Int) -> Element { shared.load(index) }

  /// As `SharedTable.store`.
  @inline(__always)
  package func store(_ element: Element, at index: Int) { shared.store(element, at: index) }

  /// The table for use without a lock; see `SharedTable` for what that takes.
  @inline(__always)
  package var shared: SharedTable<Element> {
    unsafe SharedTable(base: base, count: count)
  }
}
