// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Requests with a label. They are functions of their own: those without one need no registers for
// it.

extension CompoundAllocator {
  /// Takes a buffer, and notes a label for the census (``census()``).
  ///
  /// Without a census it is ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``. The label
  /// stays with the block: through ``CompoundBuffer/resize(toByteCount:)-(ByteCount)``,
  /// ``CompoundBuffer/relinquish()`` and ``adopt(_:)``.
  ///
  /// ```swift
  /// let frame = try allocator.allocate(byteCount: .mebibytes(3), label: "decoded frames")
  /// ```
  ///
  /// - Parameters:
  ///   - byteCount: the size; see ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      byteCount, alignment ?? 1, isZeroed: zeroed, labelled: SourceLabel(label, file, line))
  }

  /// Takes a buffer of whole pages, and notes a label for the census.
  ///
  /// - Parameters:
  ///   - pageCount: the size; see ``allocate(pageCount:alignment:zeroed:)``.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    pageCount: PageCount, alignment: ByteCount = .page, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      Self.byteCount(of: pageCount), alignment, isZeroed: zeroed,
      labelled: SourceLabel(label, file, line))
  }

  /// Takes a block of 2^`order` pages at a multiple of their size, and notes a label for the
  /// census.
  ///
  /// - Parameters:
  ///   - order: 0 ... 18 (1 GiB); see ``allocate(order:zeroed:)``.
  ///   - zeroed: whether it reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    order: PageOrder, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      order.byteCount, order.byteCount, isZeroed: zeroed, labelled: SourceLabel(label, file, line))
  }

  /// Takes a block that the caller frees by its address, and notes a label for the census.
  ///
  /// - Parameters:
  ///   - byteCount: the size; see ``allocatePointer(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - alignment: what the address is a multiple of.
  ///   - zeroed: whether the block reads zero at first.
  ///   - label: says what the memory is for. It stays with the block, through
  ///     ``reallocatePointer(_:byteCount:)-(_,ByteCount)`` too.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the first byte.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocatePointer(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    let block = try allocate(
      byteCount, alignment ?? 1, isZeroed: zeroed, .pointer, SourceLabel(label, file, line))
    return unsafe Memory(block.address).start
  }

  /// Takes a block that the caller frees with its size, and notes a label for the census.
  ///
  /// - Parameters:
  ///   - count: the bytes; see ``allocateBytes(count:alignment:zeroed:)``.
  ///   - alignment: what the address is a multiple of.
  ///   - zeroed: whether the block reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the memory, of exactly those bytes.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocateBytes(
    count: Int, alignment: ByteCount? = nil, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> UnsafeMutableRawBufferPointer {
    let start = unsafe try allocatePointer(
      byteCount: ByteCount(count), alignment: alignment, zeroed: zeroed, label: label, file: file,
      line: line)
    return unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// Takes a block for elements of a type, and notes a label for the census.
  ///
  /// - Parameters:
  ///   - count: the elements; see ``allocatePointer(count:of:zeroed:)``.
  ///   - type: their type.
  ///   - zeroed: whether the block reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the first element; no element is initialized.
  /// - Throws: ``CompoundError/sizeOverflow(count:stride:)`` where the product overflows, or as
  ///   ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left behind then.
  public func allocatePointer<Element: ~Copyable>(
    count: Int, of type: Element.Type, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> UnsafeMutablePointer<Element> {
    let memory = unsafe try allocatePointer(
      byteCount: ByteCount(count: count, of: type),
      alignment: ByteCount(MemoryLayout<Element>.alignment), zeroed: zeroed, label: label,
      file: file, line: line)
    return unsafe memory.bindMemory(to: type, capacity: count)
  }

  /// Takes a buffer of so many bytes with a label; see
  /// ``allocate(byteCount:alignment:zeroed:label:file:line:)-(ByteCount,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  @inlinable
  public func allocate(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed, label: label,
      file: file, line: line)
  }

  /// Takes a block of so many bytes with a label; see
  /// ``allocatePointer(byteCount:alignment:zeroed:label:file:line:)-(ByteCount,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - label: says what the memory is for.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the first byte.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  @inlinable
  public func allocatePointer(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false, label: StaticString,
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try allocatePointer(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed, label: label,
      file: file, line: line)
  }

  /// Takes a buffer with a label.
  @inline(__always)
  func allocate(
    _ byteCount: ByteCount, _ alignment: ByteCount, isZeroed: Bool,
    labelled label: @autoclosure () -> SourceLabel
  ) throws(CompoundError) -> CompoundBuffer {
    let block = try allocate(byteCount, alignment, isZeroed: isZeroed, .buffer, label())
    return CompoundBuffer(adopting: block, of: door)
  }
}
