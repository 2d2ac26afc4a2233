// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a request wants of the frames.
struct Want {
  /// How many.
  let count: PageCount
  /// Where one run shall begin.
  var alignment: PageCount = 1
  /// Whether several runs will do.
  let stitching: StitchMode
  /// Whether to go without where enough frames are free but not side by side, rather than have more
  /// become resident.
  var isOptional = false
  /// How far to go.
  let patience: Patience
  /// When scattered frames are exchanged; nil for never.
  var exchange: ExchangeTerms?
}

extension Heap {
  /// Finds frames; what is free, cached, kept or in transit is found before a refusal.
  ///
  /// 1. What is free and resident serves, in one piece.
  /// 2. The magazines are emptied; while they are shut, 1 again, and several pieces.
  /// 3. In the queue of requests that wait for memory: chunks become resident, as few as will do;
  ///    what would be stitched of many short runs is exchanged; objects in magazines and depots go
  ///    back to their slabs, free slabs to the frames.
  /// 4. Pools and object caches give up what they keep, and keep nothing until the request is
  ///    served or refused.
  /// 5. When nothing is in transit that could serve it, the program's functions free some of what
  ///    is in use, or it is refused.
  ///
  /// - Parameters:
  ///   - want: what is wanted.
  ///   - reopen: looks for a retired window that serves, with the magazines shut.
  ///   - take: takes frames from the ledger, in no more than `runs` runs. Nil: there are not
  ///     enough, or they are more scattered than that.
  /// - Returns: what one of the functions returned.
  /// - Throws: `outOfMemory`, or `systemCall` where the kernel has no memory for a chunk.
  func obtain<Found>(
    _ want: Want, reopen: () -> Found? = { nil },
    _ take: (inout Ledger, _ runs: Int) -> Found?
  ) throws(CompoundError) -> Found {
    let free = want.stitching == .always ? nil : pages.withLock { take(&$0, 1) }
    if let free { return free }
    var want = want
    want.exchange = exchangeTerms(want)
    let found = withThreadCachesPaused(emptying: .largeObjects) {
      reopen() ?? pages.withLock { takeResident(&$0, want, take) }
    }
    if let found { return found }
    switch want.patience {
    case .residentOnly: throw pages.withLock { $0.shortage(of: want.count, isResidentOnly: true) }
    case .atOnce: break
    case .full where Callback.isRunning: break
    case .full: return try obtainPatiently(want, take)
    }
    while true {
      let gains = pages.read { $0.gains }
      switch growth.withLock({ _ in obtainByGrowing(want, take) }) {
      case .found(let found): return found
      case .refused(let error, let isProven):
        // What the helper thread has comes soon, whatever this thread has in transit.
        let isOver = pages.read { $0.frames.inTransit == 0 && $0.gains == gains }
        if isProven || isOver || policy.upkeep == nil { throw error }
        pages.wait { $0.frames.inTransit == 0 ? () : nil }
      }
    }
  }

  /// Takes frames that are resident, unless fresh memory is better.
  ///
  /// A chunk more is paid once, a stitched block every time.
  private func takeResident<Found>(
    _ ledger: inout Ledger, _ want: Want, _ take: (inout Ledger, _ runs: Int) -> Found?
  ) -> Found? {
    if want.stitching != .always, let found = take(&ledger, 1) { return found }
    guard want.stitching != .never else { return nil }
    if want.stitching == .whenNeeded, want.patience != .residentOnly,
      ledger.roomToGrow(for: want.count, slack: policy.residencySlack) > 0
    {
      return nil
    }
    return take(&ledger, cheapRuns(ledger, want))
  }

  // MARK: - Growth

  /// The end of one attempt to serve a request.
  private enum Attempt<Found> {
    case found(Found)
    /// Nothing serves. With `isProven` nothing that could was in transit.
    case refused(CompoundError, isProven: Bool)
  }

  /// One step of an attempt, decided with the ledger.
  private enum Step<Found> {
    case done(Attempt<Found>)
    /// Chunks that are to become resident.
    case grow(Range<Int>)
    /// The frames are there, in too many runs.
    case exchange
    /// Frames among those in use that are to become resident: no absent chunk is left.
    case fill(PageCount)
    /// An optional request whose frames are there, only not side by side.
    case goWithout(CompoundError)
    /// The frames are there, in more runs than there are nodes to list them by. Of nodes there are
    /// more than of mappings.
    case tooScattered
  }

  /// Makes chunks resident until a request can be served; the lock of growth is held.
  ///
  /// Each decision is made with the magazines shut and empty.
  ///
  /// - Parameters:
  ///   - want: what is wanted.
  ///   - isDrained: whether no object is in a magazine or in a depot.
  ///   - take: as in `obtain`.
  /// - Returns: what was found, or why not.
  private func obtainByGrowing<Found>(
    _ want: Want, isDrained: Bool = false, _ take: (inout Ledger, _ runs: Int) -> Found?
  ) -> Attempt<Found> {
    var want = want
    var isDrained = isDrained
    var emptied = EmptiedObjects.none
    var gainsBeforeExchange: Int?
    while true {
      let step = withThreadCachesPaused(emptying: emptied) {
        pages.withLock { decide(&$0, want, take) }
      }
      switch step {
      case .done(.found(let found)): return .found(found)
      case .done(.refused(let error, let isProven)):
        // What came while an exchange failed may make another one possible.
        let isStill = gainsBeforeExchange.map { gains in pages.read { $0.gains == gains } } ?? true
        if isDrained { return .refused(error, isProven: isProven && isStill) }
      case .goWithout(let error): return .refused(error, isProven: true)
      case .tooScattered: return .refused(windows.shortage, isProven: true)
      case .exchange:
        gainsBeforeExchange = pages.read { $0.gains }
        if let found = exchange(want, take) { return .found(found) }
        want.exchange = nil
        continue
      case .grow, .fill:
        do throws(CompoundError) {
          try grow(step)
          continue
        } catch {
          if isDrained { return .refused(error, isProven: pages.read { isSettled($0) }) }
        }
      }
      emptied = .allObjects
      isDrained = true
    }
  }

  private func grow<Found>(_ step: Step<Found>) throws(CompoundError) {
    if case .grow(let chunks) = step { try makeResident(chunks) }
    if case .fill(let count) = step { try fillHoles(count) }
  }

  private func decide<Found>(
    _ ledger: inout Ledger, _ want: Want, _ take: (inout Ledger, _ runs: Int) -> Found?
  ) -> Step<Found> {
    if want.stitching != .always, let found = take(&ledger, 1) { return .done(.found(found)) }
    func absent(contiguous: Bool, atMost limit: PageCount = PageCount(.max)) -> Range<Int>? {
      ledger.hideAbsent(
        for: want.count, contiguous: contiguous, alignment: want.alignment, atMost: limit)
    }
    if want.stitching == .never {
      if let chunks = absent(contiguous: true) { return .grow(chunks) }
      if want.exchange != nil, want.count <= ledger.frames.free { return .exchange }
      return .done(.refused(ledger.shortage(of: want.count), isProven: isSettled(ledger)))
    }
    if want.stitching == .whenNeeded {
      let room = ledger.roomToGrow(for: want.count, slack: policy.residencySlack)
      if room > 0, let chunks = absent(contiguous: true, atMost: room) { return .grow(chunks) }
    }
    let missing = want.count - ledger.frames.freeResident
    if missing <= 0 {
      if want.isOptional { return .goWithout(ledger.shortage(of: want.count)) }
      if let found = take(&ledger, cheapRuns(ledger, want)) { return .done(.found(found)) }
      return want.exchange == nil ? .tooScattered : .exchange
    }
    if let chunks = absent(contiguous: false) { return .grow(chunks) }
    if missing <= ledger.frames.freeAbsent { return .fill(missing) }
    return .done(.refused(ledger.shortage(of: want.count), isProven: isSettled(ledger)))
  }

  /// Whether nothing is on its way that could serve a request.
  private func isSettled(_ ledger: borrowing Ledger) -> Bool {
    pages.transit.isSettled && ledger.accounts.transit == 0 && ledger.frames.inTransit == 0
  }

  // MARK: - Need

  private func obtainPatiently<Found>(
    _ want: Want, _ take: (inout Ledger, _ runs: Int) -> Found?
  ) throws(CompoundError) -> Found {
    if case .found(let found) = growth.withLock({ _ in obtainByGrowing(want, take) }) {
      return found
    }
    return try inNeed { () throws(CompoundError) in
      var turn = 0
      while true {
        let gains = pages.read { $0.gains }
        switch growth.withLock({ _ in obtainByGrowing(want, isDrained: true, take) }) {
        case .found(let found): return found
        case .refused(let error, isProven: true):
          guard shrink(for: want.count, error, &turn) else { throw error }
        case .refused(_, isProven: false):
          pages.wait { ledger in
            isSettled(ledger) || ledger.gains != gains ? () : nil
          }
        }
      }
    }
  }

  /// Runs a function while nothing is kept in any cache: not in magazines, pools or object caches.
  ///
  /// What was kept is free when the function begins; what is freed meanwhile is free at once.
  func inNeed<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    beginNeed()
    defer { endNeed() }
    return try body()
  }

  /// Has caches give up what they keep, and keep nothing until `endNeed`.
  func beginNeed() {
    unsafe threads.pause { unsafe drain($0, .allObjects) }
    pages.carrying {
      let members = reclaimers.begin(canReclaim: policy.canReclaim, system: system)
      Callback.run { for member in members { member.giveUp() } }
      reclaimers.retryInaccessible(system: system) { giveBulk($0, order: $1) }
    }
    drainDepots(.allObjects)
  }

  /// Ends a need, on any thread.
  func endNeed() {
    reclaimers.end()
    threads.resume()
  }
}
