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
}

extension Heap {
  /// Finds frames; what is free, cached, kept or in transit is found before a refusal.
  ///
  /// 1. What is free and resident serves, in one piece.
  /// 2. The magazines are emptied; while they are shut, 1 again, and several pieces.
  /// 3. In the queue of requests that wait for memory: chunks become resident, as few as will do;
  ///    objects in magazines and depots go back to their slabs, free slabs to the frames.
  /// 4. Pools and object caches give up what they keep, and keep nothing until the request is
  ///    served or refused. It is refused when nothing is in transit that could serve it.
  ///
  /// - Parameters:
  ///   - want: what is wanted.
  ///   - reopen: looks for a retired window that serves, with the magazines shut.
  ///   - take: takes frames from the ledger: one run, or where `scattered`, several. Nil: there are
  ///     not enough.
  /// - Returns: what one of the functions returned.
  /// - Throws: `outOfMemory`, or `systemCall` where the kernel has no memory for a chunk.
  func obtain<Found>(
    _ want: Want, reopen: () -> Found? = { nil },
    _ take: (inout Ledger, _ scattered: Bool) -> Found?
  ) throws(CompoundError) -> Found {
    let free = want.stitching == .always ? nil : pages.withLock { take(&$0, false) }
    if let free { return free }
    let found = withThreadCachesPaused(emptying: .largeObjects) {
      reopen() ?? pages.withLock { takeResident(&$0, want, take) }
    }
    if let found { return found }
    switch want.patience {
    case .residentOnly: throw pages.withLock { $0.shortage(of: want.count) }
    case .atOnce: break
    case .full where Callback.isRunning: break
    case .full: return try obtainPatiently(want, take)
    }
    switch growth.withLock({ _ in obtainByGrowing(want, take) }) {
    case .found(let found): return found
    case .refused(let error, _): throw error
    }
  }

  /// Takes frames that are resident, unless fresh memory is better.
  ///
  /// A chunk more is paid once, a stitched block every time.
  private func takeResident<Found>(
    _ ledger: inout Ledger, _ want: Want, _ take: (inout Ledger, _ scattered: Bool) -> Found?
  ) -> Found? {
    if want.stitching != .always, let found = take(&ledger, false) { return found }
    guard want.stitching != .never else { return nil }
    if want.stitching == .whenNeeded, want.patience != .residentOnly,
      ledger.roomToGrow(for: want.count, slack: policy.residencySlack) > 0
    {
      return nil
    }
    return take(&ledger, true)
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
    _ want: Want, isDrained: Bool = false, _ take: (inout Ledger, _ scattered: Bool) -> Found?
  ) -> Attempt<Found> {
    var isDrained = isDrained
    var emptied = EmptiedObjects.none
    while true {
      let step = withThreadCachesPaused(emptying: emptied) {
        pages.withLock { decide(&$0, want, take) }
      }
      switch step {
      case .done(.found(let found)): return .found(found)
      case .done(.refused(let error, let isProven)):
        if isDrained { return .refused(error, isProven: isProven) }
      case .goWithout(let error): return .refused(error, isProven: true)
      case .tooScattered: return .refused(windows.shortage, isProven: true)
      case .grow(let chunks):
        do throws(CompoundError) {
          try makeResident(chunks)
          continue
        } catch {
          if isDrained { return .refused(error, isProven: pages.read { isSettled($0) }) }
        }
      }
      emptied = .allObjects
      isDrained = true
    }
  }

  private func decide<Found>(
    _ ledger: inout Ledger, _ want: Want, _ take: (inout Ledger, _ scattered: Bool) -> Found?
  ) -> Step<Found> {
    if want.stitching != .always, let found = take(&ledger, false) { return .done(.found(found)) }
    func absent(contiguous: Bool, atMost limit: PageCount = PageCount(.max)) -> Range<Int>? {
      ledger.hideAbsent(
        for: want.count, contiguous: contiguous, alignment: want.alignment, atMost: limit)
    }
    if want.stitching == .never {
      if let chunks = absent(contiguous: true) { return .grow(chunks) }
    } else {
      if want.stitching == .whenNeeded {
        let room = ledger.roomToGrow(for: want.count, slack: policy.residencySlack)
        if room > 0, let chunks = absent(contiguous: true, atMost: room) { return .grow(chunks) }
      }
      if want.isOptional, want.count <= ledger.frames.freeResident {
        return .goWithout(ledger.shortage(of: want.count))
      }
      if let found = take(&ledger, true) { return .done(.found(found)) }
      if want.count <= ledger.frames.freeResident { return .tooScattered }
      if let chunks = absent(contiguous: false) { return .grow(chunks) }
    }
    return .done(.refused(ledger.shortage(of: want.count), isProven: isSettled(ledger)))
  }

  /// Whether nothing is on its way that could serve a request.
  private func isSettled(_ ledger: borrowing Ledger) -> Bool {
    pages.transit.isSettled && ledger.accounts.transit == 0
  }

  /// Makes hidden chunks resident and shows them; on failure they are absent again.
  private func makeResident(_ chunks: Range<Int>) throws(CompoundError) {
    let frames = pages.read { $0.frames.frames(in: chunks) }
    do throws(CompoundError) {
      try arena.makeResident(frames)
    } catch {
      pages.withLock { $0.retire(chunks, hadMemory: false) }
      throw error
    }
    pages.withLock { $0.publish(chunks, isNew: true) }
  }

  // MARK: - Need

  private func obtainPatiently<Found>(
    _ want: Want, _ take: (inout Ledger, _ scattered: Bool) -> Found?
  ) throws(CompoundError) -> Found {
    if case .found(let found) = growth.withLock({ _ in obtainByGrowing(want, take) }) {
      return found
    }
    return try inNeed { () throws(CompoundError) in
      while true {
        let gains = pages.read { $0.gains }
        switch growth.withLock({ _ in obtainByGrowing(want, isDrained: true, take) }) {
        case .found(let found): return found
        case .refused(let error, isProven: true): throw error
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
    unsafe threads.pause { unsafe drain($0, .allObjects) }
    defer { threads.resume() }
    pages.carrying {
      let members = reclaimers.begin(canReclaim: policy.canReclaim, system: system)
      Callback.run { for member in members { member.giveUp() } }
      reclaimers.retryInaccessible(system: system) { giveBulk($0, order: $1) }
    }
    defer { reclaimers.end() }
    drainDepots(.allObjects)
    return try body()
  }
}
