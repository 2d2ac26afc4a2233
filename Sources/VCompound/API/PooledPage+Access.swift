// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PooledPage {
  /// The bytes, to read.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      unsafe _overrideLifetime(RawSpan(_unsafeBytes: memory.bytes), borrowing: self)
    }
  }

  /// Calls a function with the bytes, to read; it must not keep the pointer.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(memory.bytes)
  }

  /// The bytes, to read and write.
  ///
  /// The program stops where the page is shared. Keep it in a variable to write through it.
  public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      checkUnique()
      return unsafe _overrideLifetime(
        MutableRawSpan(_unsafeBytes: memory.mutableBytes), mutating: &self)
    }
  }

  /// Calls a function with the bytes, to read and write; it must not keep the pointer.
  ///
  /// The program stops where the page is shared.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    checkUnique()
    return try unsafe body(memory.mutableBytes)
  }

  /// The first byte.
  ///
  /// Valid while this value lives; to be written through while the page is not shared.
  @unsafe
  public var baseAddress: UnsafeMutableRawPointer { unsafe memory.start }

  private var memory: Memory { Memory(address, byteCount) }
}

extension SharedPage {
  /// The bytes, to read.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      unsafe _overrideLifetime(RawSpan(_unsafeBytes: memory.bytes), borrowing: self)
    }
  }

  /// Calls a function with the bytes, to read; it must not keep the pointer.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(memory.bytes)
  }

  private var memory: Memory { Memory(address, byteCount) }
}
