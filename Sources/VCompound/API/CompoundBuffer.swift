// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A contiguous buffer that has one owner, and frees its memory when the owner's scope ends.
///
/// It is contiguous in address space whatever is behind it: one run of page frames, or several
/// that are stitched together (``isStitched``). Both are read and written alike; what needs to
/// know the difference, such as vectored input and output by runs, finds it in ``runs`` and
/// ``ioVectors(_:)``.
///
/// A buffer may be sent to another thread. Like any value it must not be written by two threads
/// at once, which its ownership sees to.
///
/// Invariant: the block is allocated, belongs to this value alone, and the heap lives while it
/// does.
@safe
public struct CompoundBuffer: ~Copyable, @unchecked Sendable {
  /// What it owns; changed only for what the heap has made of the old one.
  var block: Block
  let door: Door

  /// Takes over a block that a buffer owns.
  @inline(__always)
  init(adopting block: Block, of door: Door) {
    self.block = block
    self.door = door
  }

  deinit {
    if !door.pass({ $0.putCachedBlock(block) }) {
      door.enter(inChild: ()) { $0.free(block, .buffer) }
    }
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

  /// The order of the buffer, where it has one: where it has pages of its own, a power of two of
  /// them, and an address that is a multiple of their size, as a buddy allocator's blocks have.
  ///
  /// Those of ``CompoundAllocator/allocate(order:zeroed:)`` have it, stitched or not; others may.
  public var order: PageOrder? {
    if case .object = block.place { return nil }
    guard let order = PageOrder(exactly: pageCount),
      block.address & UInt(order.byteCount.rawValue - 1) == 0
    else { return nil }
    return order
  }

  /// The runs of frames behind the buffer, in the order of its pages; neighbours are one run.
  ///
  /// - Complexity: O(runs).
  public var runs: [FrameRun] { door.runs(of: block) }

  /// The frame behind a page of the buffer (Linux: `compound_nth_page`).
  ///
  /// - Parameter page: 0 ... `pageCount - 1`; the program stops for another one.
  /// - Returns: the frame.
  /// - Complexity: O(1) for a contiguous buffer, O(runs) for a stitched one.
  public func frame(ofPage page: Int) -> PageFrame {
    door.pass { $0.frame(ofPage: page, in: block) }
  }

  // MARK: Addresses

  /// The first byte.
  ///
  /// Valid while the buffer lives and is not resized.
  @unsafe
  public var baseAddress: UnsafeMutableRawPointer {
    unsafe Memory(block.address).start
  }

  /// Hands the memory over to an unmanaged pointer, which the caller must give back: to
  /// ``CompoundAllocator/deallocate(_:byteCount:)-(_,ByteCount?)``, or to
  /// ``CompoundAllocator/adopt(_:)``.
  ///
  /// - Returns: the address of the first byte.
  @unsafe
  public consuming func relinquish() -> UnsafeMutableRawPointer {
    let base = unsafe baseAddress
    door.enter(inChild: ()) { $0.setOwner(of: block, .pointer) }
    discard self
    return unsafe base
  }

  /// Hands the block, still marked as owned, over to another owner of blocks of the same heap; the
  /// program stops for another heap.
  consuming func surrender(to other: Door) -> Block {
    let block = block
    guard door.isSame(as: other) else {
      stop("the page at \(hexadecimal(block.address)) comes from another allocator")
    }
    discard self
    return block
  }

  /// Ends the value, but not the block, which has another owner.
  consuming func forget() { discard self }

  // MARK: Size

  /// Makes the buffer larger or smaller.
  ///
  /// Its contents stay, up to the smaller size; what is new is not zeroed.
  ///
  /// In place where possible. Else the buffer moves: by copying into a longer run where one is
  /// free, or without copying, by mapping its own frames and some more into a new window. So it can
  /// grow while fewer pages are free than it has already. While it is copied, its old pages are
  /// waited for by requests that find nothing else.
  ///
  /// - Parameter byteCount: the new size, from 1 byte to the capacity.
  /// - Throws: as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; the
  ///   buffer is as it was then. Making it smaller never fails.
  /// - Complexity: as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``;
  ///   a copy of the
  ///   contents at most.
  public mutating func resize(toByteCount byteCount: ByteCount) throws(CompoundError) {
    _ = try resize(byteCount, mayMove: true)
  }

  /// Makes the buffer larger or smaller where it is.
  ///
  /// - Parameter byteCount: the new size, from 1 byte to the capacity.
  /// - Returns: whether it has that size now; if not it is as it was. Smaller always works.
  /// - Throws: ``CompoundError/invalidSize(_:capacity:)``, ``CompoundError/usedAfterFork``, or
  ///   ``CompoundError/systemCall(_:errno:)`` where the kernel refuses to map the new pages.
  public mutating func resizeInPlace(
    toByteCount byteCount: ByteCount
  ) throws(CompoundError) -> Bool {
    try resize(byteCount, mayMove: false)
  }

  /// The same, with the label that the buffer gets in the census if it is not listed yet.
  mutating func resize(
    toByteCount byteCount: ByteCount, labelled label: SourceLabel
  ) throws(CompoundError) {
    _ = try resize(byteCount, mayMove: true, label)
  }

  private mutating func resize(
    _ byteCount: ByteCount, mayMove: Bool, _ label: SourceLabel = .none
  ) throws(CompoundError) -> Bool {
    let block = block
    let resized = try door.enter { (heap) throws(CompoundError) in
      try heap.resize(block, to: byteCount, .buffer, mayMove: mayMove, label)
    }
    guard let resized else { return false }
    self.block = resized
    return true
  }
}

extension Door {
  /// The runs of a block of the heap; see `CompoundBuffer.runs`.
  func runs(of block: Block) -> [FrameRun] {
    var runs: [FrameRun] = []
    pass { heap in
      heap.forEachRun(of: block) { run in
        if let last = runs.last, last.end == run.first {
          let joined = last.pageCount + run.pageCount
          runs[runs.count - 1] = FrameRun(first: last.first, pageCount: joined)
        } else {
          runs.append(run)
        }
      }
    }
    return runs
  }
}
