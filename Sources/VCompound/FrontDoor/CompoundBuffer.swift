// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A contiguous buffer that has one owner, and frees its memory when the owner's scope ends.
///
/// It is contiguous in address space whatever is behind it: one run of page frames, or several
/// that are stitched together (``isStitched``). Both are read and written alike; what needs to
/// know the difference, such as vectored input and output by runs, finds it in ``runs`` and
/// ``ioRuns``.
///
/// A buffer may be sent to another thread. Like any value it must not be written by two threads
/// at once, which its ownership sees to.
///
/// Invariant: the block is allocated, belongs to this value alone, and the engine lives while
/// it does.
@safe
public struct CompoundBuffer: ~Copyable, @unchecked Sendable {
  private(set) var block: Block
  let engine: Unmanaged<Engine>

  /// Takes over a block that is marked as owned.
  init(adopting block: Block, of engine: Engine) {
    self.block = block
    unsafe self.engine = Unmanaged.passUnretained(engine)
  }

  deinit {
    // Without a reference counted: that alone would take longer than the rest.
    unsafe engine._withUnsafeGuaranteedRef { $0.free(block, isOwned: true) }
  }

  // MARK: What it is

  /// The size that was asked for, in bytes.
  public var byteCount: ByteCount { block.byteCount }

  /// The pages that it uses.
  public var pageCount: PageCount { block.pageCount }

  /// Whether the buffer consists of several runs of frames, mapped side by side.
  ///
  /// Else it is one run, and lies in the linear map.
  public var isStitched: Bool {
    if case .stitched = block.place { true } else { false }
  }

  /// What is behind a buffer.
  public enum Backing: Hashable, Sendable {
    /// One run of frames in the linear map.
    case contiguous
    /// Frames mapped into a window.
    case stitched
  }

  /// What is behind the buffer.
  public var backing: Backing { isStitched ? .stitched : .contiguous }

  /// The order of the buffer, where it has one: where it is contiguous, a power of two of pages,
  /// and begins on a frame that is a multiple of its size, as a buddy allocator's blocks do.
  public var order: Order? {
    guard case .contiguous(let first) = block.place, let order = Order(exactly: pageCount),
      first.rawValue & (pageCount.rawValue - 1) == 0
    else { return nil }
    return order
  }

  /// The runs of frames behind the buffer, in the order of its pages; neighbours are one run.
  ///
  /// - Complexity: O(runs).
  public var runs: [FrameRun] {
    unsafe Layout(inOrder: engine.takeUnretainedValue().runs(of: block)).pieces
  }

  /// The frame behind a page of the buffer (Linux: `compound_nth_page`).
  ///
  /// - Parameter page: 0 ... `pageCount - 1`; the program stops for another one.
  /// - Returns: the frame.
  /// - Complexity: O(1) for a contiguous buffer, O(runs) for a stitched one.
  public func frame(ofPage page: Int) -> Frame {
    unsafe engine.takeUnretainedValue().frame(ofPage: PageCount(page), in: block)
  }

  // MARK: Addresses

  /// The first byte.
  ///
  /// Valid while the buffer lives and is not resized.
  @unsafe
  public var baseAddress: UnsafeMutableRawPointer {
    guard let base = unsafe UnsafeMutableRawPointer(bitPattern: block.address) else {
      stop("a block at address 0")
    }
    return unsafe base
  }

  /// Hands the memory over to an unmanaged pointer, which the caller must give back: to
  /// ``CompoundAllocator/free(_:byteCount:)``, or to ``CompoundAllocator/adopt(_:)``.
  ///
  /// - Returns: the address of the first byte.
  @unsafe
  public consuming func release() -> UnsafeMutableRawPointer {
    let base = unsafe baseAddress
    unsafe engine.takeUnretainedValue().setOwned(block, false)
    discard self
    return unsafe base
  }

  /// Hands the block, still marked as owned, over to something else that owns blocks.
  ///
  /// - Parameter other: the allocator that it must come from, or the program stops.
  /// - Returns: the block.
  consuming func surrender(to other: Engine) -> Block {
    let block = block
    guard unsafe engine.toOpaque() == Unmanaged.passUnretained(other).toOpaque() else {
      stop("the page at \(hexadecimal(block.address)) comes from another allocator")
    }
    discard self
    return block
  }

  // MARK: Size

  /// Makes the buffer larger or smaller.
  ///
  /// Its contents stay, up to the smaller size; what is new is not zeroed.
  ///
  /// In place where possible. Else the buffer moves: by copying into a longer run where one is
  /// free, or without copying, by mapping its own frames and some more into a new window. It can
  /// therefore grow while fewer pages are free than it has already.
  ///
  /// - Parameter byteCount: the new size, from 1 byte to the capacity.
  /// - Throws: ``CompoundError``; the buffer is as it was then. Making it smaller never fails.
  /// - Complexity: as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)``; a copy of the
  ///   contents at most.
  public mutating func resize(toByteCount byteCount: ByteCount) throws(CompoundError) {
    _ = try resize(byteCount, mayMove: true)
  }

  /// Makes the buffer larger or smaller where it is.
  ///
  /// - Parameter byteCount: the new size, from 1 byte to the capacity.
  /// - Returns: whether it has that size now; if not it is as it was. Smaller always works.
  /// - Throws: ``CompoundError`` for a size that is not valid, or where the system refuses to map
  ///   the new pages.
  public mutating func resizeInPlace(
    toByteCount byteCount: ByteCount
  ) throws(CompoundError) -> Bool {
    try resize(byteCount, mayMove: false)
  }

  private mutating func resize(
    _ byteCount: ByteCount, mayMove: Bool
  ) throws(CompoundError) -> Bool {
    let engine = unsafe engine.takeUnretainedValue()
    let resized = try engine.resize(block, to: byteCount, isOwned: true, mayMove: mayMove)
    guard let resized else { return false }
    block = resized
    return true
  }
}
