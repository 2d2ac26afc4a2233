// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A queue of bytes of fixed capacity, whose free part and whose content are each contiguous,
/// wherever they begin.
///
/// Its pages are mapped twice, one copy behind the other. So what goes on at the beginning when it
/// comes to the end goes on behind the end as well: nothing has to be read, written or parsed in
/// two parts.
///
/// ```swift
/// var ring = try CompoundRing(capacity: .kibibytes(64), allocator: allocator)
/// ring.withUnsafeWritableBytes { $0.copyBytes(from: "a line\n".utf8) }
/// ring.commit(7)
/// while ring.readableByteCount >= 7 {
///   ring.withUnsafeReadableBytes { print($0[0]) }
///   ring.consume(7)
/// }
/// ```
///
/// The pages count once, against the capacity of the allocator; of mappings it takes two for each
/// run of them, and one more. ``CompoundAllocator/statistics`` counts it among the stitched blocks,
/// also where its pages are one run.
///
/// Like any value it must not be used by two threads at once, which its ownership sees to; it may
/// be sent to another thread. In a child of `fork` its bytes must not be touched.
///
/// Invariants: the block is allocated, its window is mirrored, and it belongs to this value alone;
/// `readIndex` is within the block, and `readableByteCount` is at most the capacity.
@safe
public struct CompoundRing: ~Copyable, @unchecked Sendable {
  private let block: Block
  private let door: Door

  /// Where in the block the content begins.
  private var readIndex: ByteCount = 0

  /// The bytes that were committed and not consumed yet.
  public private(set) var readableByteCount: ByteCount = 0

  /// Takes the memory for a ring, which is empty.
  ///
  /// - Parameters:
  ///   - capacity: the most bytes that the ring shall hold, from 1 byte to the allocator's
  ///     capacity;
  ///     rounded up to pages.
  ///   - allocator: where the pages come from.
  ///   - label: names the ring in the census (``CompoundAllocator/census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Throws: as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``, and
  ///   ``CompoundError/mappingBudget(needed:available:limit:)`` where there are not three mappings
  ///   left; nothing is left behind then.
  /// - Complexity: two system calls for each run of pages.
  public init(
    capacity: ByteCount, allocator: CompoundAllocator, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) {
    door = allocator.door
    block = try door.enter { (heap) throws(CompoundError) in
      try heap.allocateMirrored(capacity, SourceLabel(label, file, line))
    }
  }

  deinit {
    door.enter(inChild: ()) { $0.free(block, .buffer) }
  }

  // MARK: Counts

  /// The most bytes that the ring holds: whole pages.
  public var capacity: ByteCount { block.byteCount }

  /// The bytes that can be written before some are consumed.
  public var writableByteCount: ByteCount { capacity - readableByteCount }

  /// The runs of frames behind the ring, each of which is mapped twice; neighbours are one run.
  ///
  /// - Complexity: O(runs).
  public var runs: [FrameRun] { door.runs(of: block) }

  // MARK: Moving on

  /// Makes bytes readable that were written.
  ///
  /// - Parameter byteCount: the first so many of the writable bytes; the program stops where there
  ///   are not so many.
  public mutating func commit(_ byteCount: ByteCount) {
    guard 0 <= byteCount, byteCount <= writableByteCount else {
      stop(
        "cannot commit \(byteCount) to the ring at \(hexadecimal(block.address)), "
          + "which has room for \(writableByteCount)")
    }
    readableByteCount += byteCount
  }

  /// Makes room of bytes that were read.
  ///
  /// - Parameter byteCount: the first so many of the readable bytes; the program stops where there
  ///   are not so many.
  public mutating func consume(_ byteCount: ByteCount) {
    guard 0 <= byteCount, byteCount <= readableByteCount else {
      stop(
        "cannot consume \(byteCount) of the ring at \(hexadecimal(block.address)), "
          + "which holds \(readableByteCount)")
    }
    readableByteCount -= byteCount
    readIndex += byteCount
    if readIndex >= capacity { readIndex -= capacity }
  }

  /// Consumes all readable bytes.
  public mutating func removeAll() { consume(readableByteCount) }

  // MARK: Bytes

  /// The bytes that can be read, the oldest first.
  public var readableBytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get {
      unsafe _overrideLifetime(RawSpan(_unsafeBytes: readable.bytes), borrowing: self)
    }
  }

  /// The bytes that can be written; their contents are arbitrary until then.
  ///
  /// Keep it in a variable to write through it, and ``commit(_:)-(ByteCount)`` what was written.
  public var writableBytes: MutableRawSpan {
    @_lifetime(&self)
    mutating get {
      unsafe _overrideLifetime(
        MutableRawSpan(_unsafeBytes: writable.mutableBytes), mutating: &self)
    }
  }

  /// Calls a function with the bytes that can be read; it must not keep the pointer.
  public borrowing func withUnsafeReadableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(readable.bytes)
  }

  /// Calls a function with the bytes that can be written; it must not keep the pointer.
  public mutating func withUnsafeWritableBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(writable.mutableBytes)
  }

  /// From the first byte of the content on; it may go on into the second mapping.
  private var readable: Memory {
    Memory(block.address + UInt(bitPattern: readIndex.rawValue), readableByteCount)
  }

  /// From the first byte behind the content on, which may be in the second mapping.
  private var writable: Memory {
    let end = readIndex + readableByteCount
    let index = end < capacity ? end : end - capacity
    return Memory(block.address + UInt(bitPattern: index.rawValue), writableByteCount)
  }
}
