// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What an allocator has and has done, at one moment.
///
/// The ledger adds up: `capacity = live + free`, and `free` is `freeResident` plus what has no
/// memory behind it; allocations less frees are the live blocks.
public struct Statistics: Hashable, Sendable {
  /// The arena's size: the ceiling on everything.
  public internal(set) var capacity: ByteCount = 0
  /// In use by blocks and by the slabs of small ones, whole pages.
  public internal(set) var live: ByteCount = 0
  /// Free, with memory behind it or without.
  public internal(set) var free: ByteCount = 0
  /// Free, with memory behind it.
  public internal(set) var freeResident: ByteCount = 0
  /// Free, and kept by threads for their next requests; part of `freeResident`.
  public internal(set) var cached: ByteCount = 0
  /// Memory that the arena holds.
  public internal(set) var resident: ByteCount = 0
  /// The most it ever held.
  public internal(set) var peakResident: ByteCount = 0

  /// Slabs of small blocks, in use or not; part of `live`.
  public internal(set) var slabs: ByteCount = 0

  /// Blocks in slabs that are out; part of `liveBlocks`.
  public internal(set) var liveObjects = 0
  /// Blocks that are out.
  public internal(set) var liveBlocks = 0
  /// Blocks served by one run, those moved by a resize included.
  public internal(set) var contiguousAllocations = 0
  /// Blocks served by stitching, those moved by a resize included.
  public internal(set) var stitchedAllocations = 0
  /// The mappings that those were stitched from, all together.
  public internal(set) var stitchedRuns = 0
  /// Blocks given back, those moved by a resize included.
  public internal(set) var frees = 0
  /// Requests refused, those with an invalid size left out.
  public internal(set) var failures = 0

  /// Mappings set aside for windows, those awaiting teardown included.
  public internal(set) var mappings = 0
  /// The most there ever were.
  public internal(set) var mappingsPeak = 0
  /// The most there may be.
  public internal(set) var mappingLimit = 0
  /// Windows in use.
  public internal(set) var liveWindows = 0
  /// Windows awaiting teardown.
  ///
  /// They hold no frames.
  public internal(set) var retiredWindows = 0
}

extension CompoundAllocator {
  /// What the allocator has and has done, now.
  ///
  /// - Complexity: O(1). Each part is read under its lock; the parts may be of different moments
  ///   while other threads are at work.
  public var statistics: Statistics { engine.statistics }

  /// How fragmented the free memory is, by the measures of Linux.
  ///
  /// What threads and page pools keep for later is given up first, so that all that is free counts.
  ///
  /// - Complexity: O(resident chunks + free runs), with the allocator locked.
  public var fragmentation: Fragmentation {
    engine.drainCaches()
    engine.giveUpKept()
    return engine.ledger.withLock { $0.frames.fragmentation() }
  }

  /// How many blocks of one order the free memory holds.
  ///
  /// What threads and page pools keep for later is given up first, so that all that is free counts.
  ///
  /// - Parameter order: the size of the blocks.
  /// - Returns: the numbers.
  /// - Complexity: O(resident chunks + free runs), with the allocator locked.
  public func availability(order: Order) -> Availability {
    engine.drainCaches()
    engine.giveUpKept()
    return engine.ledger.withLock { $0.frames.availability(order: order) }
  }

  /// The memory that the arena holds as the kernel counts it, where `statistics.resident` is the
  /// allocator's own account.
  ///
  /// - Throws: ``CompoundError/systemCall(_:errno:)``.
  public func residentByteCountOfKernel() throws(CompoundError) -> ByteCount {
    try engine.arena.residentByteCount()
  }
}

extension Engine {
  /// See `Statistics`.
  package var statistics: Statistics {
    var result = Statistics()
    withCounts { counts, frames, cached, objects in
      result.capacity = pageCount.byteCount
      result.free = (frames.free + cached).byteCount
      result.freeResident = (frames.freeResident + cached).byteCount
      result.cached = cached.byteCount
      result.resident = counts.resident.byteCount
      result.peakResident = counts.peakResident.byteCount
      result.live = result.capacity - result.free
      result.slabs = objects.slabs.byteCount
      result.liveObjects = objects.live
      result.liveBlocks = counts.owned + counts.unmanaged + objects.live
      result.contiguousAllocations = counts.contiguousAllocations + objects.taken
      result.stitchedAllocations = counts.stitchedAllocations
      result.stitchedRuns = counts.stitchedRuns
      result.frees = counts.frees + objects.taken - objects.live
      result.failures = counts.failures
    }
    let windows = self.windows.counts
    result.mappings = windows.mappings
    result.mappingsPeak = windows.peak
    result.mappingLimit = windows.limit
    result.liveWindows = windows.live
    result.retiredWindows = windows.retired
    return result
  }

  /// Calls a function with the counts as they would be if no cache had any of its own.
  private func withCounts(
    _ body: (
      Counts, borrowing Frames, _ cached: PageCount,
      _ objects: (live: Int, taken: Int, slabs: PageCount)
    ) -> Void
  ) {
    caches.withLock { caches in
      let objects = objectCounts(caches.all)
      ledger.withLock { ledger in
        var counts = ledger.counts
        var cached = 0
        for storage in caches.all {
          unsafe cached += storage.cache.pointee.cachedPages.load(ordering: .relaxed)
          unsafe counts.add(storage.cache.pointee.pointerCounts, isOwned: false)
          unsafe counts.add(storage.cache.pointee.bufferCounts, isOwned: true)
        }
        body(counts, ledger.frames, PageCount(cached), objects)
      }
    }
  }

  /// Checks everything that must hold, and stops the program where it does not.
  ///
  /// For tests, while no other thread is at work.
  package func validate() {
    ledger.withLock { $0.frames.validate() }
    windows.validate()
    let statistics = self.statistics
    precondition(
      statistics.contiguousAllocations + statistics.stitchedAllocations - statistics.frees
        == statistics.liveBlocks)
  }
}
