// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension CompoundAllocator {
  /// What the allocator has and has done, now.
  ///
  /// In a child of `fork`: the capacity, and zero for all else.
  ///
  /// - Complexity: O(threads). Each part is read under its lock; the parts may be of different
  ///   moments while other threads are at work.
  public var statistics: AllocatorStatistics {
    door.enter(inChild: AllocatorStatistics(capacity: capacity)) { $0.statistics }
  }

  /// All of it as one text, for a log or for a page that people look at.
  ///
  /// The statistics; which frames are in use, free, hidden; free blocks of each order; the classes
  /// of small blocks; pools and object caches by name; the helper thread. The wording may change;
  /// programs read ``statistics`` and ``fragmentation``. Reading disturbs nothing: no cache is
  /// emptied. Who has the pages of a pool, the monitors of ``pools`` tell.
  ///
  /// In a child of `fork`: one line that says so.
  ///
  /// - Returns: lines, each with its end. Each part is read under its lock; the parts may be of
  ///   different moments while other threads are at work.
  /// - Complexity: as ``fragmentation``, and O(threads + pools + object caches).
  public func report() -> String {
    door.enter(inChild: Heap.reportOfChild) { $0.report() }
  }

  /// How fragmented the free memory is, by the measures of Linux.
  ///
  /// Looking disturbs nothing: what threads, page pools and object caches keep for later counts as
  /// in use. ``drain()`` has them give it up.
  ///
  /// In a child of `fork` nothing is free.
  ///
  /// - Complexity: O(resident chunks + free runs), with the allocator locked.
  public var fragmentation: ArenaFragmentation {
    door.enter(inChild: ArenaFragmentation()) { $0.fragmentation }
  }

  /// How many blocks of one order the free memory holds; what is kept for later is in use, as in
  /// ``fragmentation``.
  ///
  /// - Parameter order: the size of the blocks.
  /// - Returns: the numbers; zeroes in a child of `fork`.
  /// - Complexity: O(resident chunks + free runs), with the allocator locked.
  public func availability(order: PageOrder) -> ArenaAvailability {
    door.enter(inChild: ArenaAvailability()) { $0.availability(order: order) }
  }

  /// The memory that the allocator uses, its tables and page tables included.
  ///
  /// - Throws: ``CompoundError/systemCall(_:errno:)``, ``CompoundError/usedAfterFork``.
  /// - Complexity: O(capacity): the kernel looks through the address space of all tables, one after
  ///   the other; until it has looked through one, a fork or the end of a thread may wait.
  public func footprint() throws(CompoundError) -> ArenaFootprint {
    try door.enter { (heap) throws(CompoundError) in try heap.footprint() }
  }

  /// The memory that the arena holds as the kernel counts it, where `statistics.resident` is the
  /// allocator's own account.
  ///
  /// - Throws: ``CompoundError/systemCall(_:errno:)``, ``CompoundError/usedAfterFork``.
  public func residentByteCountOfKernel() throws(CompoundError) -> ByteCount {
    try door.enter { (heap) throws(CompoundError) in try heap.arena.residentByteCount() }
  }
}
