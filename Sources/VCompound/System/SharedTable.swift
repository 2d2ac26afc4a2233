// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

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

  // MARK: Words

  /// The element, a word of 64 bits, in one piece: another thread may write it by `storeWord`.
  ///
  /// It costs what `load` does.
  @inline(__always)
  package func loadWord(_ index: Int) -> Element {
    unsafe unsafeBitCast(word(index).pointee.load(ordering: .relaxed), to: Element.self)
  }

  /// Replaces the element, a word of 64 bits, in one piece: another thread may read it by `loadWord`.
  @inline(__always)
  package func storeWord(_ element: Element, at index: Int) {
    unsafe word(index).pointee.store(
      unsafeBitCast(element, to: UInt64.self), ordering: .relaxed)
  }

  @inline(__always)
  private func word(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    assert(0 <= index && index < count, "table index out of range")
    return unsafe UnsafeMutableRawPointer(base + index)
      .assumingMemoryBound(to: Atomic<UInt64>.self)
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
