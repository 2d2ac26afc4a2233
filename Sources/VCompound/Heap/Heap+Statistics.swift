// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension Heap {
  /// See `AllocatorStatistics`.
  package var statistics: AllocatorStatistics {
    var result = AllocatorStatistics()
    unsafe threads.withAll { forEach in
      let objects = self.objects.counts
      pages.read { ledger in
        var counts = ledger.counts
        var cached: PageCount = 0
        var (live, liveBytes, taken) = (objects.out, objects.outBytes, objects.direct)
        unsafe forEach { cache in
          unsafe cached += PageCount(cache.pointee.cachedPages.load(ordering: .relaxed))
          unsafe counts.add(cache)
          let magazines = unsafe ObjectMagazines(of: cache)
          for kind in 0..<SizeClass.count {
            live -= magazines[kind].count
            liveBytes -= magazines[kind].count * SizeClass.byteCount(kind)
            taken += magazines[kind].takenCount
          }
        }
        result.read(counts, ledger, cached: cached)
        result.readObjects(live: max(0, live), taken: taken)
        result.liveObjectBytes = ByteCount(max(0, liveBytes))
      }
    }
    let windows = self.windows.counts
    result.mappings = windows.mappings
    result.mappingsPeak = windows.peak
    result.mappingLimit = windows.limit
    result.liveWindows = windows.live.count
    result.stitched = windows.live.pageCount.byteCount
    result.stitchedAsked = windows.live.byteCount
    result.retiredWindows = windows.retired
    return result
  }

  /// How fragmented the free frames are.
  package var fragmentation: ArenaFragmentation { pages.read { $0.frames.fragmentation() } }

  /// How many blocks of one size the free frames hold.
  package func availability(order: PageOrder) -> ArenaAvailability {
    pages.read { $0.frames.availability(order: order) }
  }

  /// Has all that is kept for later given up.
  package func drain() { inNeed {} }

  /// Checks everything that must hold, and stops the program where it does not.
  ///
  /// For tests, while no other thread is at work.
  package func validate() {
    pages.read { ledger in
      ledger.frames.validate()
      ledger.validateAccounts()
      precondition(ledger.accounts.transit == 0, "\(ledger.accounts.transit) are in transit")
    }
    precondition(pages.transit.isSettled)
    windows.validate()
    let statistics = self.statistics
    precondition(
      statistics.contiguousAllocations + statistics.stitchedAllocations - statistics.frees
        == statistics.liveBlocks)
  }
}

extension AllocatorStatistics {
  /// Reads what the ledger knows.
  fileprivate mutating func read(
    _ counts: Counts, _ ledger: borrowing Ledger, cached: PageCount
  ) {
    capacity = ledger.frames.pageCount.byteCount
    free = (ledger.frames.free + ledger.frames.inTransit + cached).byteCount
    freeResident = (ledger.frames.freeResident + cached).byteCount
    self.cached = cached.byteCount
    freshFrames = ledger.frames.fresh
    resident = ledger.residency.now.byteCount
    peakResident = ledger.residency.peak.byteCount
    live = capacity - free
    slabs = ledger.accounts.slabs.byteCount
    liveBlocks = counts.ofBuffers + counts.ofPointers
    contiguousAllocations = counts.contiguousAllocations
    stitchedAllocations = counts.stitchedAllocations
    stitchedRuns = counts.stitchedRuns
    exchangedAllocations = counts.exchanges
    frees = counts.frees
    refusals = ledger.refusals
    pressure = ledger.pressure.share
    unforcedAllocations = counts.unforced
  }

  /// Reads what is known of objects.
  fileprivate mutating func readObjects(live: Int, taken: Int) {
    liveObjects = live
    liveBlocks = max(0, liveBlocks) + live
    contiguousAllocations += taken
    frees += taken - live
  }
}
