// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// What programs look for that come from malloc, from `UnsafeMutableRawBufferPointer.allocate`, or
// with bytes that are elsewhere.

extension CompoundAllocator {
  // MARK: - Copies

  /// Takes a buffer with a copy of bytes.
  ///
  /// - Parameters:
  ///   - bytes: what to copy, from 1 byte to the capacity.
  ///   - alignment: as in ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - label: says what the memory is for, in the census (``census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer, of exactly those bytes.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    copying bytes: RawSpan, alignment: ByteCount? = nil, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    var buffer = try allocate(
      byteCount: ByteCount(bytes.byteCount), alignment: alignment, label: label, file: file,
      line: line)
    unsafe buffer.withUnsafeMutableBytes { target in
      unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
    }
    return buffer
  }

  /// Takes a buffer with a copy of bytes: of an array, `Data`, `String.utf8`, an
  /// `UnsafeRawBufferPointer`.
  ///
  /// - Parameters:
  ///   - bytes: what to copy, from 1 byte to the capacity.
  ///   - alignment: as in ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - label: says what the memory is for, in the census (``census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer, of exactly those bytes.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    copying bytes: some Collection<UInt8>, alignment: ByteCount? = nil,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    var buffer = try allocate(
      byteCount: ByteCount(bytes.count), alignment: alignment, label: label, file: file, line: line)
    unsafe buffer.withUnsafeMutableBytes { unsafe $0.copyBytes(from: bytes) }
    return buffer
  }

  // MARK: - Memory with its size

  /// Takes a block that the caller frees by ``deallocate(_:)-(UnsafeMutableRawBufferPointer)``.
  ///
  /// - Parameters:
  ///   - count: the bytes, from 1 to the capacity.
  ///   - alignment: as in ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - zeroed: whether the block reads zero at first.
  /// - Returns: the memory, of exactly those bytes.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocateBytes(
    count: Int, alignment: ByteCount? = nil, zeroed: Bool = false
  ) throws(CompoundError) -> UnsafeMutableRawBufferPointer {
    let start = unsafe try allocatePointer(
      byteCount: ByteCount(count), alignment: alignment, zeroed: zeroed)
    return unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  /// Frees a block, and checks its size as ``deallocate(_:byteCount:)-(_,ByteCount?)`` does.
  ///
  /// - Parameter bytes: the whole block; without an address, nothing is done.
  public func deallocate(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    unsafe deallocate(start, byteCount: ByteCount(bytes.count))
  }

  /// Takes a block for elements of a type (C: `malloc` or, zeroed, `calloc`), which the caller
  /// frees by its address.
  ///
  /// To resize it, give ``reallocatePointer(_:byteCount:)-(_,ByteCount)`` a checked
  /// ``ByteCount/init(count:of:)``.
  ///
  /// - Parameters:
  ///   - count: the elements, 1 or more.
  ///   - type: their type.
  ///   - zeroed: whether the block reads zero at first.
  /// - Returns: the first element, at the alignment of the type; no element is initialized.
  /// - Throws: ``CompoundError/sizeOverflow(count:stride:)`` where the product overflows, or what
  ///   ``allocatePointer(byteCount:alignment:zeroed:)-(ByteCount,_,_)`` throws; nothing is left
  ///   behind then.
  public func allocatePointer<Element: ~Copyable>(
    count: Int, of type: Element.Type, zeroed: Bool = false
  ) throws(CompoundError) -> UnsafeMutablePointer<Element> {
    let memory = unsafe try allocatePointer(
      byteCount: ByteCount(count: count, of: type),
      alignment: ByteCount(MemoryLayout<Element>.alignment), zeroed: zeroed)
    return unsafe memory.bindMemory(to: type, capacity: count)
  }
}
