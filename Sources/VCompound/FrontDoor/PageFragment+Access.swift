// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PageFragment {
  /// The bytes, to read.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      let pointer = unsafe UnsafeRawPointer(pointerForAccess)
      let span = unsafe RawSpan(_unsafeStart: pointer, byteCount: byteCount.rawValue)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Calls a function with the bytes, to read.
  ///
  /// - Parameter body: must not keep the pointer.
  /// - Returns: what the function returns.
  /// - Throws: what the function throws.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(UnsafeRawBufferPointer(start: pointerForAccess, count: byteCount.rawValue))
  }

  /// The bytes, to read and write.
  ///
  /// Keep it in a variable to write through it.
  public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      let span = unsafe MutableRawSpan(
        _unsafeStart: pointerForAccess, byteCount: byteCount.rawValue)
      return unsafe _overrideLifetime(span, mutating: &self)
    }
  }

  /// Calls a function with the bytes, to read and write.
  ///
  /// - Parameter body: must not keep the pointer.
  /// - Returns: what the function returns.
  /// - Throws: what the function throws.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    return try unsafe body(
      UnsafeMutableRawBufferPointer(start: pointerForAccess, count: byteCount.rawValue))
  }

  /// The first byte.
  ///
  /// Valid while this value lives.
  @unsafe
  public var baseAddress: UnsafeMutableRawPointer { unsafe pointerForAccess }

  private var pointerForAccess: UnsafeMutableRawPointer {
    guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      stop("a page at address 0")
    }
    return unsafe pointer
  }
}
