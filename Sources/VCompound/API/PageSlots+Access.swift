// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PageSlots {
  /// The bytes of a page, to read; the program stops where the slot is empty.
  @_lifetime(borrow self)
  public borrowing func bytes(at index: Int) -> RawSpan {
    let pointer = unsafe UnsafeRawPointer(baseAddress(at: index))
    let span = unsafe RawSpan(_unsafeStart: pointer, byteCount: bytesPerPage.rawValue)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The bytes of a page, to read and write; the program stops where the slot is empty.
  @_lifetime(&self)
  public mutating func mutableBytes(at index: Int) -> MutableRawSpan {
    let pointer = unsafe baseAddress(at: index)
    let span = unsafe MutableRawSpan(_unsafeStart: pointer, byteCount: bytesPerPage.rawValue)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  /// The first byte of a page; the program stops where the slot is empty.
  ///
  /// Valid while the page is in its slot.
  @unsafe
  public func baseAddress(at index: Int) -> UnsafeMutableRawPointer {
    let place = place(index)
    guard !place.isNone else { stop("slot \(index) is empty") }
    return unsafe Memory(place.address).start
  }
}
