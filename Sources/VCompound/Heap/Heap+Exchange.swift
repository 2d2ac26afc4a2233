// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// When scattered frames are exchanged, and not stitched.
struct ExchangeTerms {
  /// Runs shorter than this on average cost more to stitch than to exchange, by what was measured
  /// ("Measured decisions"): where other threads run, each run unmapped interrupts them.
  let pagesPerRun: Int
  /// The mappings that there are to stitch with.
  let mappings: Int
}

// The lock of growth is held throughout an exchange.
extension Heap {
  // MARK: Exchange

  /// Says when frames are exchanged for a request: never under a policy that demands stitching or
  /// forbids it, or where the request can go without.
  func exchangeTerms(_ want: Want) -> ExchangeTerms? {
    guard policy.mayExchange, want.stitching != .always, !want.isOptional,
      want.patience != .residentOnly
    else { return nil }
    return ExchangeTerms(
      pagesPerRun: threads.areSeveral ? 16 : 3, mappings: windows.availableMappings)
  }

  /// The most runs that a request is stitched of.
  ///
  /// Less than a whole chunk is dear to make, so it is made only for want of mappings.
  func cheapRuns(_ ledger: borrowing Ledger, _ want: Want) -> Int {
    guard let terms = want.exchange else { return .max }
    let size = exchangeSize(ledger, want)
    let isWhole = size.map { $0.rawValue % PageCount.pagesPerChunk == 0 } ?? false
    return isWhole ? min(want.count.rawValue / terms.pagesPerRun, terms.mappings) : terms.mappings
  }

  /// How many frames would get memory in exchange: whole chunks, or where the memory that may be
  /// resident does not suffice, what there is of it.
  private func exchangeSize(_ ledger: borrowing Ledger, _ want: Want) -> PageCount? {
    let most = max(want.count, ledger.frames.freeResident + room(ledger, want))
    return ledger.frames.exchangeSize(for: want.count, alignment: want.alignment, atMost: most)
  }

  private func room(_ ledger: borrowing Ledger, _ want: Want) -> PageCount {
    let room = ledger.roomToGrow(for: want.count, slack: policy.residencySlack)
    return min(room, ledger.frames.freeAbsent)
  }

  /// Lets scattered free frames give their memory back, so that as many others, side by side in
  /// chunks that are absent, can have it.
  ///
  /// No byte in use moves, no mapping is needed, and at no time do more frames have memory than the
  /// capacity allows. What was scattered is one run from then on.
  ///
  /// - Parameters:
  ///   - want: what is wanted, in one piece.
  ///   - take: takes it from the ledger; see `obtain`.
  /// - Returns: nil where that is not possible, or the kernel refuses.
  func exchange<Found>(
    _ want: Want, _ take: (inout Ledger, _ runs: Int) -> Found?
  ) -> Found? {
    func look() -> (size: PageCount, room: PageCount)? {
      pages.read { ledger in exchangeSize(ledger, want).map { ($0, room(ledger, want)) } }
    }
    var found = look()
    if found == nil {
      // Chunks without a frame in use may make room.
      _ = try? giveScatteredBack(pageCount, ofChunksInUseUpTo: 0)
      found = look()
    }
    guard let found else { return nil }
    _ = try? giveScatteredBack(found.size - found.room)
    let hidden = pages.withLock {
      $0.hideFresh(for: want.count, alignment: want.alignment, atMost: found.size)
    }
    guard let hidden, (try? makeMemory(for: hidden)) != nil else { return nil }
    return pages.withLock { ledger in
      ledger.publish(hidden, isNew: true)
      let found = take(&ledger, 1)
      if found != nil { ledger.counts.exchanges += 1 }
      return found
    }
  }

  /// Gives scattered free frames back, so many, as far as there are such.
  ///
  /// Those of the chunks with the fewest frames in use come first: their runs are the longest, and
  /// such a chunk is the soonest to have nothing in use, and be fresh.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - most: the most frames in use that a chunk of theirs may have.
  /// - Returns: how many were given back.
  /// - Throws: `systemCall` where the kernel refuses; what was given back before is.
  func giveScatteredBack(
    _ count: PageCount, ofChunksInUseUpTo most: Int = PageCount.pagesPerChunk
  ) throws(CompoundError) -> PageCount {
    var left = count
    var live = 0
    while live <= most, left > 0 {
      defer { live = max(32, 2 * live) }
      var chunk = 0
      while left > 0,
        let hidden = pages.withLock({ $0.hideFree(from: chunk, liveAtMost: live, atMost: left) })
      {
        try giveBack(hidden)
        left -= hidden.pageCount
        chunk = hidden.chunk + 1
      }
    }
    return count - left
  }
}
