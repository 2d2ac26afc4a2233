// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension CompoundArray {
  // MARK: Appending

  /// Adds an element at the end.
  ///
  /// - Throws: as ``reserveCapacity(_:)``; the array is as it was then.
  /// - Complexity: O(1), amortised over many calls.
  @inlinable
  public mutating func append(_ element: Element) throws(CompoundError) {
    if used == room { try grow(by: 1) }
    unsafe start.advanced(by: used).initialize(to: element)
    used += 1
  }

  /// Adds elements at the end.
  ///
  /// - Throws: as ``reserveCapacity(_:)``; the array is as it was then.
  /// - Complexity: O(new elements), amortised over many calls.
  public mutating func append(contentsOf added: Span<Element>) throws(CompoundError) {
    try append(addingCapacity: added.count) { output in
      unsafe added.withUnsafeBufferPointer { added in
        unsafe output.withUnsafeMutableBufferPointer { free, initialized in
          _ = unsafe free.initialize(fromContentsOf: added)
          initialized = added.count
        }
      }
    }
  }

  /// Adds elements at the end that a function initializes: for files, sockets and C functions that
  /// write to memory.
  ///
  /// - Parameters:
  ///   - count: the most elements that the function may add; the program stops for a negative
  ///     number.
  ///   - body: appends to a span that has room for `count` elements.
  /// - Throws: as ``reserveCapacity(_:)``, before the function is called.
  /// - Complexity: that of the function, amortised over many calls.
  @inlinable
  public mutating func append(
    addingCapacity count: Int, initializingWith body: (inout OutputSpan<Element>) -> Void
  ) throws(CompoundError) {
    if count < 0 { stopForNegative(count) }
    if count > room - used { try grow(by: count) }
    let free = unsafe UnsafeMutableBufferPointer(
      start: elements.map { unsafe $0 + used }, count: count)
    var output = unsafe OutputSpan(buffer: free, initializedCount: 0)
    body(&output)
    used += unsafe output.finalize(for: free)
  }

  // MARK: Removing

  /// Removes the last element.
  ///
  /// The memory stays with the array. The program stops where there is no element.
  @inlinable
  @discardableResult
  public mutating func removeLast() -> Element {
    let last = self[used - 1]
    used -= 1
    return last
  }

  // MARK: Elements

  /// An element, 0 ..< `count`; the program stops for another index.
  @inlinable
  public subscript(index: Int) -> Element {
    get { unsafe place(index).pointee }
    set { unsafe place(index).pointee = newValue }
  }

  /// The elements, to read.
  public var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get {
      let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: elements, count: used))
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The elements, to read and write.
  public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let all = unsafe UnsafeMutableBufferPointer(start: elements, count: used)
      return unsafe _overrideLifetime(MutableSpan(_unsafeElements: all), mutating: &self)
    }
  }

  /// Where the first element is; there is room for one.
  @unsafe
  @inlinable
  var start: UnsafeMutablePointer<Element> {
    unsafe elements.unsafelyUnwrapped
  }

  /// Where an element is.
  @unsafe
  @inlinable
  func place(_ index: Int) -> UnsafeMutablePointer<Element> {
    // As one comparison.
    if UInt(bitPattern: index) >= UInt(bitPattern: used) { stopForIndex(index) }
    return unsafe start + index
  }

  @usableFromInline
  @inline(never)
  func stopForIndex(_ index: Int) -> Never {
    let address = unsafe UInt(bitPattern: elements)
    stop("there is no element \(index) of the \(used) of the array at \(hexadecimal(address))")
  }

  @usableFromInline
  @inline(never)
  func stopForNegative(_ count: Int) -> Never {
    stop("cannot append \(count) elements")
  }
}
