// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Sizes as plain integers, of parts of buffers and in regions.

extension CompoundBuffer {
  /// Splits the buffer; see ``splitOff(at:)-(ByteCount)``.
  ///
  /// - Parameter offset: where the new buffer begins, in bytes.
  /// - Returns: the buffer with the bytes from `offset` on.
  /// - Throws: as that one.
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
  /// - Throws: as that one.
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
  /// - Throws: as that one.
  @unsafe
  @inlinable
  public borrowing func allocatePointer(
    byteCount: Int, alignment: ByteCount = 16
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try allocatePointer(byteCount: ByteCount(byteCount), alignment: alignment)
  }
}

extension PagePool {
  /// Takes a part of a page, or waits; see
  /// ``takeFragment(byteCount:alignment:waiting:label:file:line:)-(ByteCount,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - limit: the longest wait.
  ///   - label: names the holder.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: as that one.
  @inlinable
  nonisolated(nonsending)
    public mutating func takeFragment(
      byteCount: Int, alignment: ByteCount = 64, waiting limit: Duration,
      label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
    ) async throws -> PageFragment
  {
    try await takeFragment(
      byteCount: ByteCount(byteCount), alignment: alignment, waiting: limit, label: label,
      file: file, line: line)
  }

  /// Takes a part of a page, or waits; see
  /// ``takeFragment(byteCount:alignment:blocking:label:file:line:)-(ByteCount,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - limit: the longest wait.
  ///   - label: names the holder.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: as that one.
  @available(*, noasync, message: "a task waits with takeFragment(byteCount:waiting:)")
  @inlinable
  public mutating func takeFragment(
    byteCount: Int, alignment: ByteCount = 64, blocking limit: Duration,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundPoolError) -> PageFragment {
    try takeFragment(
      byteCount: ByteCount(byteCount), alignment: alignment, blocking: limit, label: label,
      file: file, line: line)
  }
}
