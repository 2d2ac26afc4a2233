// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension CompoundAllocator {
  /// The blocks that there are, by label and place; ``AllocatorConfiguration/census`` turns it on.
  ///
  /// Every block counts, however it was taken: buffers, pointers, arrays, rings, pages in bulk.
  /// Those of a pool or an object cache have its name for a label, also while they are kept there.
  /// Looking disturbs nothing: no cache is emptied.
  ///
  /// Where no census is kept, and in a child of `fork`, it has no rows.
  ///
  /// - Returns: the census. Parts of it may be of different moments while other threads are at
  ///   work:
  ///   a block that is being resized may be missing, or count twice.
  /// - Complexity: O(the most blocks that were ever listed at a time); a lock for each 128 of them.
  ///   (Linux: `/proc/vmallocinfo`, `/proc/allocinfo`.)
  public func census() -> ArenaCensus {
    door.enter(inChild: ArenaCensus()) { $0.arenaCensus }
  }

  /// A block that the census lists.
  @safe
  public struct ListedBlock {
    /// The first byte.
    public let baseAddress: UnsafeRawPointer
    /// The bytes that were asked for.
    public let byteCount: ByteCount
    /// The bytes that nobody else can have: whole pages, or a place in a slab.
    public let heldByteCount: ByteCount
    /// The label; empty where there is none.
    public let label: String
    /// Where the block was allocated, as `Module/File.swift:12`, or nil where that is not known.
    public let place: String?
    /// How long ago it was allocated, to some milliseconds.
    public let age: Duration
    /// Whether it is stitched.
    public let isStitched: Bool
    /// The runs of frames behind it; one where it is in one piece.
    public let runs: Int
    /// How many blocks it stands for, where only some are listed; 1 where all are.
    public let weight: Double
  }

  /// Calls a function for every block that the census lists, in no order.
  ///
  /// No lock is held: the function may do anything but fork, also allocate and free. A block that
  /// is allocated, freed or resized meanwhile is told or not; one that is resized, perhaps twice.
  /// What is told may be free already, if another thread frees it: the function must not touch the
  /// memory unless it knows better. In a child of `fork`, and where no census is kept, it is not
  /// called.
  ///
  /// - Parameter body: gets a block.
  /// - Throws: what the function throws, which ends the call.
  /// - Complexity: as ``census()``.
  public func forEachBlock<Failure: Error>(
    _ body: (ListedBlock) throws(Failure) -> Void
  ) throws(Failure) {
    // A result rather than an error thrown through the door, which throws errors of its own.
    let result: Result<Void, Failure> = door.enter(inChild: .success(())) { heap in
      do throws(Failure) {
        return .success(
          try heap.forEachListed { listed throws(Failure) in try body(ListedBlock(listed)) })
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }

  // MARK: - Neighbours

  /// A slab: pages that small blocks of about one size share.
  @safe
  public struct Slab {
    /// Its pages.
    public let pages: FrameRun
    /// The first byte.
    public let baseAddress: UnsafeMutableRawPointer
    /// The bytes that every block in it has room for.
    public let bytesPerBlock: ByteCount
    /// The blocks that it has room for.
    public let capacity: Int
    /// The first bytes of the blocks in use, ascending.
    public let blocks: [UnsafeMutableRawPointer]
  }

  /// The slab that a small block lies in, and which blocks share its pages: for a cache that gives
  /// memory up.
  ///
  /// Pages are free when all blocks in their slab are. A cache that frees values at random frees
  /// some of every slab, and few pages; one that frees the neighbours of a value with it frees
  /// whole slabs (<doc:WhenMemoryIsShort>). So: choose a victim, ask for its slab, and free those
  /// of its blocks that are the cache's own; the others it does not know, and leaves alone.
  ///
  /// The answer is of one moment. Blocks that other threads are just allocating or freeing may be
  /// in it or not; blocks that are free, and kept by a thread for its next requests, are not.
  ///
  /// - Parameter address: in a block that is allocated, and stays so during the call.
  /// - Returns: the slab; nil where the block has pages of its own, where the address is none of
  ///   this
  ///   allocator's, and in a child of `fork`.
  /// - Complexity: O(blocks of the slab + free blocks of their size that threads keep). (Linux:
  ///   `virt_to_slab`.)
  public func slab(containing address: UnsafeRawPointer) -> Slab? {
    let found = door.enter(inChild: nil) { $0.slab(containing: UInt(bitPattern: address)) }
    guard let found else { return nil }
    return unsafe Slab(
      pages: found.run, baseAddress: Memory(found.address).start,
      bytesPerBlock: found.objectByteCount, capacity: found.capacity,
      blocks: found.inUse.map { unsafe Memory($0).start })
  }
}

extension CompoundAllocator.ListedBlock {
  fileprivate init(_ listed: Heap.Listed) {
    unsafe baseAddress = UnsafeRawPointer(Memory(listed.address).start)
    byteCount = listed.asked
    heldByteCount = listed.held
    label = listed.label.text
    place = listed.label.place
    age = listed.age
    isStitched = listed.stitchedRuns > 0
    runs = max(1, listed.stitchedRuns)
    weight = listed.weight
  }
}
