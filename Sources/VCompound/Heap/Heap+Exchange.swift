// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What decides whether scattered frames are stitched or exchanged: the time that each takes.
///
/// In nanoseconds, as measured ("Measured decisions").
struct ExchangeTerms {
  /// Of a run that is stitched, its unmapping included, and of a page of it.
  let stitching: (run: Double, page: Double)
  /// The mappings that there are to stitch with.
  let mappings: Int

  /// Of a run that is given back, and of a page that is given back and made elsewhere.
  private static let exchange = (run: 3300.0, page: 550.0)

  /// How many times the time of stitching an exchange may take.
  ///
  /// Only the pages asked for count: the rest of their chunks serves later requests, and so does
  /// what was made, which stays in one piece. In simulations of traces and of caches, with this
  /// factor both ways together took the least time, or close to it.
  private static let worth = 2.5

  init(areThreadsSeveral: Bool, mappings: Int) {
    // Where other threads run, each run unmapped interrupts them.
    stitching = areThreadsSeveral ? (17_000, 300) : (6_300, 140)
    self.mappings = mappings
  }

  /// The most runs that a block is stitched of.
  ///
  /// - Parameters:
  ///   - count: its pages.
  ///   - pagesPerRun: the pages of a free run, on average.
  /// - Returns: how many.
  func runs(for count: PageCount, pagesPerRun: Double) -> Int {
    let exchange = Self.exchange.page + Self.exchange.run / max(1, pagesPerRun)
    let each = Double(count.rawValue) * max(0, exchange - Self.worth * stitching.page)
    return min(Int(each / (Self.worth * stitching.run)), mappings)
  }
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
      areThreadsSeveral: threads.areSeveral, mappings: windows.availableMappings)
  }

  /// The most runs that a request is stitched of.
  ///
  /// Less than a whole chunk is dear to make, so it is made only for want of mappings.
  func cheapRuns(_ ledger: borrowing Ledger, _ want: Want) -> Int {
    guard let terms = want.exchange else { return .max }
    let size = exchangeSize(ledger, want)
    let isWhole = size.map { $0.rawValue % PageCount.pagesPerChunk == 0 } ?? false
    let pagesPerRun =
      Double(ledger.frames.freeResident.rawValue) / Double(max(1, ledger.frames.runCount))
    return isWhole ? terms.runs(for: want.count, pagesPerRun: pagesPerRun) : terms.mappings
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
    var plan = pages.read { exchangePlan($0, want) }
    if plan == nil {
      // Chunks without a frame in use may make room.
      _ = try? giveBack(pageCount) { $0.frames.hideHollow(atMost: $1) }
      plan = pages.read { exchangePlan($0, want) }
    }
    guard let plan else { return nil }
    _ = try? giveBack(plan.missing) { $0.frames.hideScattered(atMost: $1) }
    return makeFresh(want, plan.size) { ledger in
      let found = take(&ledger, 1)
      if found != nil { ledger.counts.exchanges += 1 }
      return found
    }
  }

  /// The frames that get memory in an exchange, and how many must lose theirs before.
  ///
  /// - Returns: nil where there is a free run already, or no way to one.
  func exchangePlan(
    _ ledger: borrowing Ledger, _ want: Want
  ) -> (size: PageCount, missing: PageCount)? {
    if want.alignment == 1, ledger.frames.hasRun(of: want.count) { return nil }
    return exchangeSize(ledger, want).map { ($0, max(0, $0 - room(ledger, want))) }
  }

  /// Makes the memory that an exchange has made room for.
  ///
  /// - Parameters:
  ///   - want: what is wanted, in one piece.
  ///   - size: the frames that get memory.
  ///   - take: takes what is wanted from the ledger.
  /// - Returns: what it took; nil where there is no room or no memory after all.
  func makeFresh<Found>(
    _ want: Want, _ size: PageCount, _ take: (inout Ledger) -> Found?
  ) -> Found? {
    let hidden = pages.withLock {
      $0.frames.hideFresh(for: want.count, alignment: want.alignment, atMost: size)
    }
    guard let hidden, (try? makeMemory(for: hidden)) != nil else { return nil }
    return pages.withLock { ledger in
      ledger.publish(hidden, isNew: true)
      return take(&ledger)
    }
  }
}
