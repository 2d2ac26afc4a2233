// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Many blocks of one size in one call.
//
// Gorman, M.: Introduce a bulk order-0 page allocator with two in-tree users, linux-mm, 2021.

/// What came of taking blocks in bulk.
package struct BulkOutcome {
  /// The blocks taken; they are the caller's even where there is a failure.
  package var taken: Int
  /// Why there are fewer than were demanded.
  package var failure: CompoundError?

  package init(taken: Int, failure: CompoundError? = nil) {
    self.taken = taken
    self.failure = failure
  }
}

extension Heap {
  /// The most blocks that one call takes from the thread's magazines, or puts there.
  ///
  /// More than that cost less from the frames, where they lie side by side.
  private static var magazineBatch: Int { 15 }

  /// Takes pages out of the calling thread's magazine, without a lock.
  ///
  /// - Returns: how many; none where the caller wants so many that the frames give them for less.
  @inline(__always)
  package func takeCachedPages(_ count: Int, order: PageOrder, _ sink: (PackedPlace) -> Void) -> Int
  {
    guard order == 0, count <= Self.magazineBatch, !CheckedBuild.isOn else { return 0 }
    return takeCachedPages(count, sink)
  }

  private func takeCachedPages(
    _ count: Int, mayList: Bool = false, _ sink: (PackedPlace) -> Void
  ) -> Int {
    var taken = 0
    while taken < count, let address = takeCached(.page, .buffer, mayList: mayList) {
      checkFree(address, 1)
      sink(PackedPlace(address: address))
      taken += 1
    }
    return taken
  }

  /// Takes blocks of one size, to be owned as by buffers.
  ///
  /// First what is free and resident. Only where that is less than the caller demands, caches are
  /// emptied and memory is made resident, for as many as are missing and no more.
  ///
  /// - Parameters:
  ///   - count: the blocks wanted.
  ///   - order: their size.
  ///   - minimum: the blocks demanded, at most `count`; with 0 nothing becomes resident.
  ///   - label: names the blocks in the census.
  ///   - sink: takes over a block.
  /// - Returns: the blocks taken: at least `minimum` unless there is a failure.
  /// - Complexity: O(blocks + runs taken).
  @inline(never)
  package func takeBulk(
    _ count: Int, order: PageOrder, atLeast minimum: Int, _ label: SourceLabel,
    _ sink: (PackedPlace) -> Void
  ) -> BulkOutcome {
    guard policy.hasCensus else {
      return takeBulkUnlisted(count, order: order, atLeast: minimum, label, sink)
    }
    return takeBulkUnlisted(count, order: order, atLeast: minimum, label) { place in
      // Before it is in the hands of a pool, which any thread may empty.
      enterCensus(block(at: place, order.pageCount), label)
      sink(place)
    }
  }

  private func takeBulkUnlisted(
    _ count: Int, order: PageOrder, atLeast minimum: Int, _ label: SourceLabel,
    _ sink: (PackedPlace) -> Void
  ) -> BulkOutcome {
    attachThreadCache()
    guard order.pageCount <= pageCount else {
      return BulkOutcome(
        taken: 0, failure: .invalidSize(order.byteCount, capacity: pageCount.byteCount))
    }
    keepSoftLimit(order.byteCount)
    let size = order.pageCount
    var taken = 0
    // A policy that forces stitching is asked about every block.
    let isForced = size > 1 && policy.fallback.mayForce
    if !isForced { taken += takeResidentBlocks(count, size, sink) }
    if size == 1 {
      if count <= Self.magazineBatch { noteMiss(size) }
      taken += takeCachedPages(count - taken, mayList: true, sink)
    }
    do throws(CompoundError) {
      while taken < minimum {
        if size == 1 {
          try makeResident(atLeast: PageCount(minimum - taken))
          taken += takeResidentBlocks(count - taken, size, sink)
        } else {
          sink(PackedPlace(try allocateBlock(size, .full, label)))
          taken += 1
        }
      }
    } catch {
      if size == 1 {
        pages.withLock { $0.refusals.note(error, size) }
        if policy.hasCensus { noteRefusal(size, label) }
      }
      return BulkOutcome(taken: taken, failure: error)
    }
    while isForced, taken < count, let block = try? allocateBlock(size, .residentOnly, label) {
      sink(PackedPlace(block))
      taken += 1
    }
    return BulkOutcome(taken: taken)
  }

  private func allocateBlock(
    _ size: PageCount, _ patience: Patience, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    var request = try request(size.byteCount, alignment: .page, .buffer)
    request.stitching = policy.stitching(pageCount: size)
    request.patience = patience
    return try allocatePages(request, label)
  }

  /// Sees to it that so many frames are free and resident, for a moment at least.
  private func makeResident(atLeast count: PageCount) throws(CompoundError) {
    let want = Want(count: count, stitching: .always, patience: .full)
    try obtain(want) { ledger, _ in ledger.frames.freeResident >= count ? () : nil }
  }

  /// Takes blocks that are free, resident and in one piece.
  private func takeResidentBlocks(
    _ count: Int, _ size: PageCount, _ sink: (PackedPlace) -> Void
  ) -> Int {
    let record = BlockTable.Record(byteCount: size.byteCount, owner: .buffer)
    var missing = count
    pages.withLock { ledger in
      while missing > 0, let run = ledger.takeBlocks(missing, of: size, record) {
        checkFree(arena.address(of: run.first), run.pageCount)
        var first = run.first
        while first < run.end {
          sink(PackedPlace(address: arena.address(of: first)))
          first = first + size
          missing -= 1
        }
      }
    }
    return count - missing
  }

  // MARK: Giving back

  /// Gives blocks of one size back that a front door has, which lives on.
  ///
  /// - Parameters:
  ///   - places: the blocks, and perhaps empty places between them.
  ///   - count: how many places there are.
  ///   - order: the size of the blocks.
  /// - Complexity: O(places), and O(runs of neighbours).
  package func giveBulk(_ places: SharedTable<PackedPlace>, count: Int, order: PageOrder) {
    let size = order.pageCount
    if policy.hasCensus { leaveCensus(places, count) }
    if size == 1, count <= Self.magazineBatch { giveFew(places, count) }
    giveRuns(places, count, size)
    for index in 0..<count {
      let place = places.load(index)
      guard !place.isNone, !place.isContiguous else { continue }
      let block = block(at: place, size)
      if !putCachedBlock(block) { free(block, .buffer) }
    }
  }

  /// Puts pages into the thread's magazine, as many as there is room for; their places are empty
  /// then.
  private func giveFew(_ places: SharedTable<PackedPlace>, _ count: Int) {
    attachThreadCache()
    _ = openMagazine(1)
    for index in 0..<count {
      let place = places.load(index)
      guard place.isContiguous, putCachedBlock(block(at: place, 1)) else { continue }
      places.store(.none, at: index)
    }
  }

  /// Gives one block back that a front door has.
  package func giveBulk(_ place: PackedPlace, order: PageOrder) {
    free(block(at: place, order.pageCount), .buffer)
  }

  /// Gives all blocks back that have frames side by side; neighbours as one run.
  private func giveRuns(_ places: SharedTable<PackedPlace>, _ count: Int, _ size: PageCount) {
    if policy.scrubs { scrub(places, count, size) }
    pages.withLock { ledger in
      var given = 0
      var run = FrameRun(first: PageFrame(0), pageCount: 0)
      for index in 0..<count where places.load(index).isContiguous {
        let address = places.load(index).address
        guard let frame = arena.frame(containing: address),
          ledger.blocks[frame].isInUse(of: .buffer)
        else { stop("the block at \(hexadecimal(address)) was freed twice") }
        given += 1
        if frame == run.end {
          run = FrameRun(first: run.first, pageCount: run.pageCount + size)
        } else {
          ledger.releaseBlocks(run, of: size)
          run = FrameRun(first: frame, pageCount: size)
        }
      }
      guard given > 0 else { return }
      policy.noteFree(&ledger, given)
      ledger.releaseBlocks(run, of: size)
      _ = ledger.counts.leave(.buffer, given)
    }
  }

  private func scrub(_ places: SharedTable<PackedPlace>, _ count: Int, _ size: PageCount) {
    for index in 0..<count where places.load(index).isContiguous {
      scrub(at: places.load(index).address, size.byteCount)
    }
  }

  /// The block of some pages at a place.
  package func block(at place: PackedPlace, _ size: PageCount) -> Block {
    block(at: place, byteCount: size.byteCount)
  }

  /// The block of a size at a place.
  package func block(at place: PackedPlace, byteCount: ByteCount) -> Block {
    if place.isStitched { return block(at: place.address, to: "free", .buffer) }
    guard let frame = arena.frame(containing: place.address) else {
      stop("\(hexadecimal(place.address)) is no address of this allocator")
    }
    return Block(
      address: place.address, byteCount: byteCount,
      place: place.isObject ? .object : .contiguous(frame))
  }
}
