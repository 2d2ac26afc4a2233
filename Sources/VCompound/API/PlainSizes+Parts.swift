// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Sizes as plain integers, of parts of buffers and in regions.

extension CompoundBuffer {
  /// Splits the buffer; see ``splitOff(at:)-(ByteCount)``.
  ///
  /// - Parameter offset: where the new buffer begins, in bytes.
  /// - Returns: the buffer with the bytes from `offset` on.
  /// - Throws: ``CompoundError``.
  @inlinable
  public mutating func splitOff(at offset: Int) throws(CompoundError) -> CompoundBuffer {
    try splitOff(at: ByteCount(offset))
  }
}

extension CompoundRegion {
  /// Makes a region with a limit; see
  /// ``init(allocator:limit:label:file:line:)-(_,ByteCount?,_,_,_)``.
  ///
  /// - Parameters:
  ///   - allocator: where the memory comes from.
  ///   - limit: the most bytes that the region may hold.
  ///   - label: names the memory in the census.
  ///   - file: where in the program.
  ///   - line: the line there.
  @inlinable
  public init(
    allocator: CompoundAllocator, limit: Int, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      allocator: allocator, limit: ByteCount(limit), label: label, file: file, line: line)
  }

  /// Takes a block of so many bytes; see ``allocate(byteCount:alignment:)-(ByteCount,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  /// - Returns: its bytes, until the region ends or is emptied.
  /// - Throws: ``CompoundError``.
  @inlinable
  @_lifetime(borrow self)
  public borrowing func allocate(
    byteCount: Int, alignment: ByteCount = 16
  ) throws(CompoundError) -> MutableRawSpan {
    try allocate(byteCount: ByteCount(byteCount), alignment: alignment)
  }

  /// Takes a block of so many bytes; see ``allocatePointer(byteCount:alignment:)-(ByteCount,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  /// - Returns: the first byte, valid until the region ends or is emptied.
  /// - Throws: ``CompoundError``.
  @unsafe
  @inlinable
  public borrowing func allocatePointer(
    byteCount: Int, alignment: ByteCount = 16
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try allocatePointer(byteCount: ByteCount(byteCount), alignment: alignment)
  }
}
