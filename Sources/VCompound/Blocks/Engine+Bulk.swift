// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Many blocks of one size in one call.
//
// Gorman, M.: Introduce a bulk order-0 page allocator with two in-tree users, linux-mm, 2021.

/// What came of taking blocks in bulk.
struct BulkOutcome {
  /// The blocks taken; they are the caller's even where there is a failure.
  var taken: Int
  /// Why there are fewer than were demanded.
  var failure: CompoundError?
}

extension Engine {
  /// The most blocks that one call takes from the thread's magazines, or puts there: as many as a
  /// magazine of single pages keeps.
  ///
  /// More than that cost less from the frames, where they lie side by side.
  private static var magazineBatch: Int { 15 }

  /// Takes blocks of one size, which `CompoundBuffer`s or the like will own.
  ///
  /// First what is free and resident. Only where that is less than the caller demands, what others
  /// keep is given up and memory made resident: what makes up for the missing, no more.
  ///
  /// - Parameters:
  ///   - count: the blocks wanted.
  ///   - order: their size.
  ///   - minimum: the blocks demanded, at most `count`; with 0 no system call is made.
  ///   - sink: takes over a block.
  /// - Returns: the blocks taken: at least `minimum` unless there is a failure.
  /// - Complexity: O(blocks + runs taken).
  @inline(__always)
  func takeBulk(
    _ count: Int, order: Order, atLeast minimum: Int, _ sink: (PackedPlace) -> Void
  ) -> BulkOutcome {
    let pages = order.pageCount
    var taken = 0
    if pages == 1, count <= Self.magazineBatch {
      taken = takeCachedPages(count, sink)
      if taken == count { return BulkOutcome(taken: taken) }
      attachCache()
    }
    if sentinel.isInChild { return BulkOutcome(taken: taken, failure: .usedAfterFork) }
    // A policy that forces stitching is asked about every block.
    if pages == 1 || !configuration.fallback.mayForce {
      taken += takeResidentBlocks(count - taken, pages, sink)
    }
    if pages == 1, taken < count { taken += takeCachedPages(count - taken, sink) }
    guard taken < minimum else { return BulkOutcome(taken: taken) }
    var outcome = BulkOutcome(taken: taken)
    do throws(CompoundError) {
      while outcome.taken < minimum {
        if pages == 1 {
          try makeResident(atLeast: PageCount(minimum - outcome.taken))
          outcome.taken += takeResidentBlocks(count - outcome.taken, pages, sink)
        } else {
          let block = try allocate(
            byteCount: pages.byteCount, alignment: .page, isZeroed: false, isOwned: true)
          sink(PackedPlace(block))
          outcome.taken += 1
        }
      }
    } catch {
      if pages == 1 { ledger.withLock { $0.counts.failures += 1 } }
      outcome.failure = error
    }
    return outcome
  }

  /// Takes pages out of the calling thread's magazine.
  @inline(__always)
  private func takeCachedPages(_ count: Int, _ sink: (PackedPlace) -> Void) -> Int {
    var taken = 0
    while taken < count, let frame = takeCached(.page, isOwned: true) {
      sink(PackedPlace(address: arena.address(of: frame), isStitched: false))
      taken += 1
    }
    return taken
  }

  /// Takes blocks that are free, resident and in one piece.
  @inline(__always)
  private func takeResidentBlocks(
    _ count: Int, _ pages: PageCount, _ sink: (PackedPlace) -> Void
  ) -> Int {
    let record = BlockTable.Record(byteCount: pages.byteCount, isOwned: true)
    var missing = count
    ledger.withLock { ledger in
      while missing > 0, let run = ledger.frames.takeBlocks(missing, of: pages) {
        ledger.blocks.insertBlocks(run, of: pages, record)
        var first = run.first
        while first < run.end {
          sink(PackedPlace(address: arena.address(of: first), isStitched: false))
          first = first + pages
          missing -= 1
        }
      }
      ledger.counts.contiguousAllocations += count - missing
      ledger.counts.owned += count - missing
    }
    return count - missing
  }

  /// Gives blocks of one size back.
  ///
  /// - Parameters:
  ///   - places: the blocks, and perhaps empty places between them.
  ///   - count: how many places there are.
  ///   - order: the size of the blocks.
  /// - Complexity: O(places), and O(runs of neighbours).
  func giveBulk(_ places: SharedTable<PackedPlace>, count: Int, order: Order) {
    if sentinel.isInChild { return }
    let pages = order.pageCount
    var isAnyStitched = false
    if pages == 1, count <= Self.magazineBatch {
      for index in 0..<count where !places.load(index).isNone {
        free(block(at: places.load(index), pages), isOwned: true)
      }
      return
    }
    if scrubs { scrubBulk(places, count, pages) }
    let isLast = ledger.withLock { ledger in
      ledger.notePeak()
      var given = 0
      var run = FrameRun(first: Frame(0), pageCount: 0)
      for index in 0..<count {
        let place = places.load(index)
        if place.isNone { continue }
        if place.isStitched {
          isAnyStitched = true
          continue
        }
        guard let frame = arena.frame(containing: place.address),
          ledger.blocks[frame].isInUse(isOwned: true)
        else { stop("the block at \(hexadecimal(place.address)) was freed twice") }
        given += 1
        if frame == run.end {
          run = FrameRun(first: run.first, pageCount: run.pageCount + pages)
        } else {
          ledger.releaseBlocks(run, of: pages)
          run = FrameRun(first: frame, pageCount: pages)
        }
      }
      ledger.releaseBlocks(run, of: pages)
      return noteBulkFree(&ledger.counts, given)
    }
    if isAnyStitched {
      for index in 0..<count where places.load(index).isStitched {
        free(block(at: places.load(index), pages), isOwned: true)
      }
    }
    releaseIfLast(isLast)
  }

  /// Gives blocks of one size back, as the other one does.
  func giveBulk(_ places: [PackedPlace], order: Order) {
    guard !places.isEmpty else { return }
    var places = places
    unsafe places.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let table = unsafe SharedTable(base: base, count: buffer.count)
      giveBulk(table, count: table.count, order: order)
    }
  }

  /// The block at a place.
  func block(at place: PackedPlace, _ pages: PageCount) -> Block {
    if place.isStitched {
      return block(at: place.address, to: "free", isOwned: true)
    }
    guard let frame = arena.frame(containing: place.address) else {
      stop("\(hexadecimal(place.address)) is no address of this allocator")
    }
    return Block(
      address: place.address, byteCount: pages.byteCount, place: .contiguous(frame))
  }

  private func scrubBulk(_ places: SharedTable<PackedPlace>, _ count: Int, _ pages: PageCount) {
    for index in 0..<count {
      let place = places.load(index)
      guard !place.isNone, !place.isStitched, let frame = arena.frame(containing: place.address)
      else { continue }
      scrub(FrameRun(first: frame, pageCount: pages))
    }
  }

  /// Counts blocks that were freed in bulk.
  ///
  /// - Returns: whether the last buffer of an allocator that is gone was among them.
  private func noteBulkFree(_ counts: inout Counts, _ count: Int) -> Bool {
    guard count > 0 else { return false }
    counts.frees += count - 1
    counts.owned -= count - 1
    noteFree(&counts)
    return counts.subtract(isOwned: true)
  }
}

extension Engine.Ledger {
  /// Takes blocks that lie side by side out of the block table and frees their frames.
  @inline(__always)
  fileprivate mutating func releaseBlocks(_ run: FrameRun, of size: PageCount) {
    guard run.pageCount > 0 else { return }
    blocks.removeBlocks(run, of: size)
    frames.give(run)
  }
}
