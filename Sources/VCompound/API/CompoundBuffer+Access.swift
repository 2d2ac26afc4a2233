// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension CompoundBuffer {
  // MARK: Spans

  /// The bytes, to read.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      unsafe _overrideLifetime(RawSpan(_unsafeBytes: memory.bytes), borrowing: self)
    }
  }

  /// The bytes, to read and write.
  ///
  /// Keep it in a variable to write through it:
  ///
  /// ```swift
  /// func mark(_ buffer: inout CompoundBuffer) {
  ///   var bytes = buffer.mutableBytes
  ///   bytes.storeBytes(of: 1, toByteOffset: 0, as: UInt8.self)
  /// }
  /// ```
  public var mutableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      unsafe _overrideLifetime(
        MutableRawSpan(_unsafeBytes: memory.mutableBytes), mutating: &self)
    }
  }

  /// The buffer as elements of a type, as many as fit.
  ///
  /// What a fresh buffer holds is arbitrary unless it was asked for zeroed, so every bit pattern
  /// must be an element. For elements of other types bind the memory of
  /// ``withUnsafeMutableBytes(_:)``.
  ///
  /// The program stops if the type needs a larger alignment than the buffer has.
  @_lifetime(borrow self)
  public borrowing func span<Element: FullyInhabited>(of type: Element.Type) -> Span<Element> {
    let count = elementCount(of: type)
    let start = unsafe UnsafeRawPointer(baseAddress).assumingMemoryBound(to: type)
    let span = unsafe Span(_unsafeStart: start, count: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The buffer as elements of a type, as many as fit, to read and write; as ``span(of:)``.
  ///
  /// The program stops if the type needs a larger alignment than the buffer has.
  @_lifetime(&self)
  public mutating func mutableSpan<Element: FullyInhabited>(
    of type: Element.Type
  ) -> MutableSpan<Element> {
    let count = elementCount(of: type)
    let start = unsafe baseAddress.assumingMemoryBound(to: type)
    let span = unsafe MutableSpan(_unsafeStart: start, count: count)
    return unsafe _overrideLifetime(span, mutating: &self)
  }

  private func elementCount<Element>(of type: Element.Type) -> Int {
    precondition(
      MemoryLayout<Element>.alignment <= PageCount.bytesPerPage
        && block.address & UInt(MemoryLayout<Element>.alignment - 1) == 0,
      "\(type) needs a larger alignment than the buffer has")
    return byteCount.rawValue / MemoryLayout<Element>.stride
  }

  /// The block's bytes.
  var memory: Memory { Memory(block.address, byteCount) }

  // MARK: Closures

  /// Calls a function with the bytes, to read; it must not keep the pointer.
  public borrowing func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(memory.bytes)
  }

  /// Calls a function with the bytes, to read and write; it must not keep the pointer.
  public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(memory.mutableBytes)
  }
}
