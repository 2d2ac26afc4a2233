// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A table in an anonymous mapping of its own, which no malloc knows of.
///
/// What the harness keeps in such tables neither grows the heap of the malloc that is measured nor
/// leaves free memory in it, and all of it goes back to the system with the table.
@safe
package struct MappedTable<Element: BitwiseCopyable>: ~Copyable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int

  /// How many elements there are.
  package private(set) var count = 0

  /// Makes an empty table with room for some elements.
  package init(capacity: Int = 0) {
    self.capacity = capacity
    unsafe base = unsafe Self.map(capacity)
  }

  /// Makes a table of `count` equal elements, all of it resident.
  package init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    unsafe base.initialize(repeating: element, count: count)
    self.count = count
  }

  /// Makes a table of these elements.
  package init(_ elements: some Sequence<Element>) {
    self.init()
    for element in elements { append(element) }
  }

  deinit {
    unsafe Self.unmap(base, capacity)
  }

  /// The places of the elements.
  @inline(__always)
  package var indices: Range<Int> { 0..<count }

  /// The elements, for as long as the table stays as it is.
  package var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let span = unsafe Span(_unsafeStart: base, count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The element at `index`.
  @inline(__always)
  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "an index beyond a table")
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count, "an index beyond a table")
      unsafe base[index] = newValue
    }
  }

  /// Adds an element at the end.
  package mutating func append(_ element: Element) {
    if count == capacity { reserve(max(2 * capacity, 1024)) }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  /// Adds up to `limit` elements at the end.
  ///
  /// - Parameters:
  ///   - limit: the most that are added.
  ///   - fill: writes them to the start of the room it is given, and says how many.
  package mutating func append(
    upTo limit: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
  ) {
    if capacity - count < limit { reserve(max(2 * capacity, count + limit)) }
    let room = unsafe UnsafeMutableRawBufferPointer(
      start: base + count, count: limit * MemoryLayout<Element>.stride)
    let added = unsafe fill(room)
    precondition(added >= 0 && added <= limit, "more was added than there is room for")
    count += added
  }

  /// Makes room for `capacity` elements in all.
  package mutating func reserve(_ capacity: Int) {
    guard capacity > self.capacity else { return }
    let larger = unsafe Self.map(capacity)
    unsafe larger.initialize(from: base, count: count)
    unsafe Self.unmap(base, self.capacity)
    unsafe base = unsafe larger
    self.capacity = capacity
  }

  private static func map(_ capacity: Int) -> UnsafeMutablePointer<Element> {
    let (bytes, overflow) = max(1, capacity).multipliedReportingOverflow(
      by: MemoryLayout<Element>.stride)
    guard !overflow,
      let start = unsafe mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else { fatalError("no memory for a table of \(capacity) elements") }
    return unsafe start.bindMemory(to: Element.self, capacity: max(1, capacity))
  }

  private static func unmap(_ base: UnsafeMutablePointer<Element>, _ capacity: Int) {
    unsafe munmap(base, max(1, capacity) * MemoryLayout<Element>.stride)
  }
}

// Whoever shares a table can only read it.
extension MappedTable: @unchecked Sendable where Element: Sendable {}
