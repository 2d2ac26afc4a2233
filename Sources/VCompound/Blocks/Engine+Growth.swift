// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// The queue of those whom resident, free frames cannot serve.

extension Engine {
  /// Takes frames; makes chunks resident where those that are do not suffice.
  ///
  /// The arguments are those of `obtain`.
  func obtainByGrowing(
    _ count: PageCount, _ request: Request, contiguousOnly: Bool, entering: Bool
  ) throws(CompoundError) -> Taken {
    try grow { (ledger) throws(CompoundError) in
      if let run = ledger.takeContiguous(count, request, entering: entering) {
        return .done(.contiguous(run))
      }
      if !contiguousOnly {
        let room = ledger.roomToGrow(for: count, request, residencySlack)
        let hidden = ledger.frames.hideAbsent(
          for: count, contiguous: true, alignment: request.alignment, atMost: room)
        if !hidden.isEmpty { return .hidden(hidden) }
        if let taken = ledger.takeScattered(count) { return .done(taken) }
      }
      let hidden = ledger.frames.hideAbsent(
        for: count, contiguous: contiguousOnly, alignment: request.alignment)
      guard !hidden.isEmpty else { throw ledger.shortage(of: count) }
      return .hidden(hidden)
    }
  }

  /// Sees to it that so many frames are free and resident, for a moment at least.
  func makeResident(atLeast count: PageCount) throws(CompoundError) {
    // Pages only: objects, which would be missed, are given up before a refusal.
    if cachedPageCount() > 0 { withCachesStopped {} }
    if ledger.withLock({ $0.frames.freeResident >= count }) { return }
    try grow { (ledger) throws(CompoundError) in
      if ledger.frames.freeResident >= count { return .done(()) }
      let hidden = ledger.frames.hideAbsent(for: count, contiguous: false)
      guard !hidden.isEmpty else { throw ledger.shortage(of: count) }
      return .hidden(hidden)
    }
  }

  /// What whoever waits for memory finds when it is his turn.
  private enum GrowthStep<Result> {
    /// Somebody has freed memory, or made some, meanwhile.
    case done(Result)
    /// Chunks that are to become resident.
    case hidden([Range<Int>])
  }

  /// Waits for its turn, and makes chunks resident until a request can be served.
  ///
  /// Each decision is made with the magazines stopped: what is not in the frames then is nowhere,
  /// but in page pools. Those are asked last, before the request is refused.
  private func grow<Result>(
    _ decide: (inout Ledger) throws(CompoundError) -> GrowthStep<Result>
  ) throws(CompoundError) -> Result {
    try growth.withLock { (_) throws(CompoundError) in
      // What is given up beside the magazines: nothing, then objects, then what pools keep.
      var emptied = EmptiedObjects.none
      var mayAskKeepers = true
      while true {
        do throws(CompoundError) {
          let step = try withCachesStopped(emptying: emptied) { () throws(CompoundError) in
            try ledger.withLock { (ledger) throws(CompoundError) in try decide(&ledger) }
          }
          switch step {
          case .done(let result): return result
          case .hidden(let ranges): try makeResident(ranges)
          }
        } catch {
          if emptied == .none {
            emptied = .allObjects
          } else if mayAskKeepers, giveUpKept() {
            mayAskKeepers = false
          } else {
            throw error
          }
        }
      }
    }
  }

  /// Makes hidden chunks resident and shows them.
  ///
  /// On failure those without memory are retired.
  private func makeResident(_ ranges: [Range<Int>]) throws(CompoundError) {
    for (index, range) in ranges.enumerated() {
      let frames = ledger.withLock { $0.frames.frames(in: range) }
      do throws(CompoundError) {
        try arena.makeResident(frames)
      } catch {
        ledger.withLock { ledger in
          for rest in ranges[index...] { ledger.frames.retire(rest) }
        }
        throw error
      }
      ledger.withLock { ledger in
        ledger.frames.publish(range)
        ledger.counts.resident = ledger.counts.resident + frames.pageCount
        ledger.counts.peakResident = max(ledger.counts.peakResident, ledger.counts.resident)
      }
    }
  }
}
