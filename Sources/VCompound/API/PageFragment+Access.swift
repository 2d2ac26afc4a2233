// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PageFragment {
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
  /// Keep it in a variable to write through it.
  public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      return unsafe _overrideLifetime(
        MutableRawSpan(_unsafeBytes: memory.mutableBytes), mutating: &self)
    }
  }

  /// Calls a function with the bytes, to read and write; it must not keep the pointer.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    return try unsafe body(memory.mutableBytes)
  }

  /// The first byte.
  ///
  /// Valid while this value lives.
  @unsafe
  public var baseAddress: UnsafeMutableRawPointer { unsafe memory.start }

  private var memory: Memory { Memory(address, byteCount) }
}
