// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// The pointer interface, for callers that cannot hold a value: C code, callbacks, containers of
// their own. A block has either a CompoundBuffer or a pointer as its owner, never both.

extension CompoundAllocator {
  // MARK: - Allocating and freeing

  /// Takes a block that the caller frees by its address.
  ///
  /// - Parameters:
  ///   - byteCount: the size, from 1 byte to the capacity.
  ///   - alignment: what the address is a multiple of: a power of two up to 1 GiB, or nil for the
  ///     natural one, as in ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - zeroed: whether the block reads zero at first.
  /// - Returns: the first byte.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocatePointer(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    let least = alignment?.rawValue ?? 1
    if !zeroed, let object = unsafe door.pass({ unsafe $0.takeObject(byteCount.rawValue, least) }) {
      return unsafe object
    }
    return unsafe try allocatePointerOfPages(byteCount, ByteCount(least), zeroed)
  }

  // Functions of their own: in those for objects they would have registers saved for all sizes.

  @inline(never)
  private func allocatePointerOfPages(
    _ byteCount: ByteCount, _ alignment: ByteCount, _ isZeroed: Bool
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    let cached = door.pass { heap in
      isZeroed ? nil : heap.takeCachedPages(byteCount, alignment: alignment)
    }
    if let cached { return unsafe Memory(cached).start }
    return unsafe try allocatePointerSlowly(byteCount, alignment, isZeroed)
  }

  @inline(never)
  private func allocatePointerSlowly(
    _ byteCount: ByteCount, _ alignment: ByteCount, _ isZeroed: Bool
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe pointer(to: try allocate(byteCount, alignment, isZeroed: isZeroed, .pointer))
  }

  /// Frees a block by its address.
  ///
  /// The program stops, with a message that names the address, where that is no block's first byte,
  /// or the block is free already, or belongs to a ``CompoundBuffer``, or has another size. Of
  /// small blocks, release builds do not find all of that: see <doc:Contracts>.
  ///
  /// - Parameters:
  ///   - address: the first byte of the block.
  ///   - byteCount: the size it was allocated with (or resized to), to be checked; nil if the
  ///     caller does not know it.
  public func deallocate(_ address: UnsafeMutableRawPointer, byteCount: ByteCount? = nil) {
    let address = UInt(bitPattern: address)
    if door.pass({ $0.putObject(address, byteCount) }) { return }
    freePages(address, byteCount)
  }

  @inline(never)
  private func freePages(_ address: UInt, _ byteCount: ByteCount?) {
    if !door.pass({ $0.putCachedPages(at: address, byteCount) }) { freeSlowly(address, byteCount) }
  }

  @inline(never)
  private func freeSlowly(_ address: UInt, _ byteCount: ByteCount?) {
    door.enter(inChild: ()) { $0.free(at: address, byteCount: byteCount) }
  }

  /// Makes a block larger or smaller, as ``CompoundBuffer/resize(toByteCount:)-(ByteCount)`` does.
  ///
  /// - Parameters:
  ///   - address: the first byte of the block; void afterwards, unless it is returned.
  ///   - byteCount: the new size, from 1 byte to the capacity.
  /// - Returns: where the block is now.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; the block is where and
  ///   as it was then.
  public func reallocatePointer(
    _ address: UnsafeMutableRawPointer, byteCount: ByteCount
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    let resized = try door.enter { (heap) throws(CompoundError) in
      let block = heap.block(at: UInt(bitPattern: address), to: "reallocate", .pointer)
      return try heap.resize(block, to: byteCount, .pointer, mayMove: true)
    }
    guard let resized else { preconditionFailure("a block that may move did not") }
    return unsafe pointer(to: resized)
  }

  /// Takes a block back from a pointer: from ``CompoundBuffer/relinquish()``, or from
  /// ``allocatePointer(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///
  /// - Parameter address: the first byte of a block that belongs to a pointer; the program stops
  ///   for another one, but that release builds do not know the owner of a small block.
  /// - Returns: the buffer that owns the block from now on; in a child of `fork`, one of 0 bytes.
  public func adopt(_ address: UnsafeMutableRawPointer) -> CompoundBuffer {
    let place = UInt(bitPattern: address)
    let nothing = Block(address: place, byteCount: 0, place: .stitched(window: 0))
    let block = door.enter(inChild: nothing) { heap in
      let block = heap.block(at: place, to: "adopt", .pointer, searching: true)
      heap.setOwner(of: block, .buffer)
      return block
    }
    return CompoundBuffer(adopting: block, of: door)
  }

  // MARK: - Looking up

  /// Whether an address is this allocator's: in its arena or its windows, allocated or free.
  ///
  /// - Parameter address: any address.
  /// - Returns: whether it is; false in a child of `fork`.
  /// - Complexity: O(1) for the arena, O(spans of windows) for others.
  public func owns(_ address: UnsafeRawPointer) -> Bool {
    door.enter(inChild: false) { $0.owns(UInt(bitPattern: address)) }
  }

  /// What is known of an allocated block.
  @safe
  public struct BlockDescription {
    /// The first byte.
    public let baseAddress: UnsafeMutableRawPointer
    /// The size that was asked for.
    public let byteCount: ByteCount
    /// Whether several runs of frames are mapped side by side for it.
    public let isStitched: Bool
    /// How far into the block the address lies that was looked up.
    public let offset: ByteCount
  }

  /// Finds the block that an address lies in, at its first byte or anywhere inside (Linux:
  /// `virt_to_head_page`).
  ///
  /// The linear-map address of a page of a stitched block finds it too.
  ///
  /// - Parameter address: any address.
  /// - Returns: the block, or nil where nothing of this allocator is allocated there.
  /// - Complexity: O(windows) for an address inside a stitched block, O(1) expected for its first
  ///   byte; O(runs) for the linear-map address of a stitched block; O(threads) for a small block.
  public func block(containing address: UnsafeRawPointer) -> BlockDescription? {
    guard let (block, offset) = unsafe find(address) else { return nil }
    let isStitched = if case .stitched = block.place { true } else { false }
    return unsafe BlockDescription(
      baseAddress: pointer(to: block), byteCount: block.byteCount,
      isStitched: isStitched, offset: offset)
  }

  /// The frame behind a page of the block that an address lies in (Linux: `compound_nth_page`).
  ///
  /// - Parameters:
  ///   - page: counted from the block's first page; the program stops if there is no such page.
  ///   - address: any address in the block.
  /// - Returns: the frame, or nil where nothing of this allocator is allocated there.
  /// - Complexity: as ``block(containing:)``, and O(runs).
  public func frame(ofPage page: Int, inBlockContaining address: UnsafeRawPointer) -> PageFrame? {
    unsafe find(address).map { found in door.pass { $0.frame(ofPage: page, in: found.block) } }
  }

  private func find(_ address: UnsafeRawPointer) -> (block: Block, offset: ByteCount)? {
    let found = door.enter(inChild: .foreign) { $0.resident(at: UInt(bitPattern: address)) }
    guard case .block(let block, _, let offset) = found else { return nil }
    return (block, offset)
  }

  /// The address of a frame in the linear map (Linux: `page_address`).
  ///
  /// Frames of stitched blocks have one too, beside that in their window: both show the same
  /// memory.
  ///
  /// - Parameter frame: a frame of the arena, which has several times as many as its capacity; the
  ///   program stops for another one.
  /// - Returns: the first byte of the frame.
  public func address(of frame: PageFrame) -> UnsafeMutableRawPointer {
    let address = door.pass { heap in
      let count = heap.arena.space.rawValue
      guard 0 <= frame.rawValue, frame.rawValue < count else {
        stop("\(frame) is no frame of an arena of \(count) frames")
      }
      return heap.arena.address(of: frame)
    }
    return unsafe Memory(address).start
  }

  /// The first byte of a block.
  @unsafe
  private func pointer(to block: Block) -> UnsafeMutableRawPointer {
    unsafe Memory(block.address).start
  }
}
