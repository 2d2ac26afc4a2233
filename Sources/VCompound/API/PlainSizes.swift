// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Sizes as plain integers, for those that come from elsewhere: `data.count`, `MemoryLayout.size`.
// Each of these is the function of the same name that takes a ByteCount, and is inlined.

extension CompoundAllocator {
  /// Opens an arena of so many bytes; see ``init(capacity:configuration:)-(ByteCount,_)``.
  ///
  /// - Parameters:
  ///   - capacity: the ceiling in bytes.
  ///   - configuration: everything else.
  /// - Throws: as that one.
  @inlinable
  public convenience init(
    capacity: Int, configuration: AllocatorConfiguration = AllocatorConfiguration()
  ) throws(CompoundError) {
    try self.init(capacity: ByteCount(capacity), configuration: configuration)
  }

  /// Takes a buffer of so many bytes; see
  /// ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  /// - Returns: the buffer.
  /// - Throws: as that one.
  @inlinable
  public func allocate(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed)
  }

  /// Takes a buffer of so many bytes, as one request wants it; see
  /// ``allocate(byteCount:alignment:zeroed:policy:label:file:line:)-(ByteCount,_,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - policy: what may be done for it.
  ///   - label: names the memory in the census.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as that one.
  @inlinable
  public func allocate(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false, policy: RequestPolicy,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed, policy: policy,
      label: label, file: file, line: line)
  }

  /// Takes a buffer of so many bytes, or waits; see
  /// ``allocate(byteCount:alignment:zeroed:waiting:label:file:line:)-(ByteCount,_,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - limit: the longest wait.
  ///   - label: names the memory in the census.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as that one.
  @inlinable
  public func allocate(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false, waiting limit: Duration,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) async throws -> CompoundBuffer {
    try await allocate(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed, waiting: limit,
      label: label, file: file, line: line)
  }

  /// Takes a buffer of so many bytes, or waits; see
  /// ``allocate(byteCount:alignment:zeroed:blocking:label:file:line:)-(ByteCount,_,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - limit: the longest wait.
  ///   - label: names the memory in the census.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as that one.
  @inlinable
  @available(*, noasync, message: "a task waits with allocate(byteCount:waiting:)")
  public func allocate(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false, blocking limit: Duration,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed, blocking: limit,
      label: label, file: file, line: line)
  }

  /// Takes a block of so many bytes; see
  /// ``allocatePointer(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  /// - Returns: the first byte.
  /// - Throws: as that one.
  @inlinable
  public func allocatePointer(
    byteCount: Int, alignment: ByteCount? = nil, zeroed: Bool = false
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try allocatePointer(
      byteCount: ByteCount(byteCount), alignment: alignment, zeroed: zeroed)
  }

  /// Makes a block larger or smaller; see ``reallocatePointer(_:byteCount:)-(_,ByteCount)``.
  ///
  /// - Parameters:
  ///   - address: the first byte of the block.
  ///   - byteCount: the new size in bytes.
  /// - Returns: where the block is now.
  /// - Throws: as that one.
  @inlinable
  public func reallocatePointer(
    _ address: UnsafeMutableRawPointer, byteCount: Int
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try reallocatePointer(address, byteCount: ByteCount(byteCount))
  }

  /// Frees a block, and checks its size; see ``deallocate(_:byteCount:)-(_,ByteCount?)``.
  ///
  /// - Parameters:
  ///   - address: the first byte of the block.
  ///   - byteCount: its size in bytes.
  @inlinable
  public func deallocate(_ address: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe deallocate(address, byteCount: ByteCount(byteCount))
  }
}

extension CompoundBuffer {
  /// Makes the buffer larger or smaller; see ``resize(toByteCount:)-(ByteCount)``.
  ///
  /// - Parameter byteCount: the new size in bytes.
  /// - Throws: as that one.
  @inlinable
  public mutating func resize(toByteCount byteCount: Int) throws(CompoundError) {
    try resize(toByteCount: ByteCount(byteCount))
  }

  /// Makes the buffer larger or smaller where it is; see
  /// ``resizeInPlace(toByteCount:)-(ByteCount)``.
  ///
  /// - Parameter byteCount: the new size in bytes.
  /// - Returns: whether it has that size now.
  /// - Throws: as that one.
  @inlinable
  public mutating func resizeInPlace(toByteCount byteCount: Int) throws(CompoundError) -> Bool {
    try resizeInPlace(toByteCount: ByteCount(byteCount))
  }
}

extension CompoundRing {
  /// Makes an empty ring of so many bytes; see
  /// ``init(capacity:allocator:label:file:line:)-(ByteCount,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - capacity: the most bytes in it.
  ///   - allocator: where its memory comes from.
  ///   - label: names the memory in the census.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Throws: as that one.
  @inlinable
  public init(
    capacity: Int, allocator: CompoundAllocator, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) {
    try self.init(
      capacity: ByteCount(capacity), allocator: allocator, label: label, file: file, line: line)
  }

  /// Appends the first bytes of the writable ones; see ``commit(_:)-(ByteCount)``.
  ///
  /// - Parameter byteCount: how many bytes.
  @inlinable
  public mutating func commit(_ byteCount: Int) { commit(ByteCount(byteCount)) }

  /// Removes the first bytes; see ``consume(_:)-(ByteCount)``.
  ///
  /// - Parameter byteCount: how many bytes.
  @inlinable
  public mutating func consume(_ byteCount: Int) { consume(ByteCount(byteCount)) }
}

extension PagePool {
  /// Takes a part of a page; see
  /// ``takeFragment(byteCount:alignment:label:file:line:)-(ByteCount,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes.
  ///   - alignment: what its address is a multiple of.
  ///   - label: names the holder.
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: as that one.
  @inlinable
  public mutating func takeFragment(
    byteCount: Int, alignment: ByteCount = 64, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundPoolError) -> PageFragment {
    try takeFragment(
      byteCount: ByteCount(byteCount), alignment: alignment, label: label, file: file, line: line)
  }
}
