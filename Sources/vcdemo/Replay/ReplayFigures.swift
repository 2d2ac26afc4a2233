// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of the first replay on an allocator: the *first pass*, in which its memory becomes
/// resident.
package struct ReplayFigures: Sendable {
  /// What happened.
  package var outcome: ReplayOutcome
  /// How long the requests took.
  package var latency: LatencySummary
  /// What the allocator counted, where it counts.
  package var counters: BackendCounters?
  /// The first refusal in words, where the allocator gave a reason.
  package var firstRefusal: String?
  /// The most resident memory, in bytes.
  package var peakResident: Int
  /// The time it took to open the allocator.
  package var setupNanoseconds: UInt64
  /// The page faults of opening the allocator and of the event loop.
  package var pageFaults: Int
}

/// The figures of later replays on the same allocator: the *steady state*.
package struct SteadyFigures: Sendable {
  /// The nanoseconds of each replay, the clock read once for each.
  package var totals: [UInt64] = []
  /// How long the requests of one replay more took.
  package var latency = LatencySummary([UInt32]().span)
  /// What the allocator counted in the last of those, where it counts.
  package var counters: BackendCounters?
}

/// All replays of a trace on one allocator, as a server would run for long.
package struct ReplaySeries: Sendable {
  /// The first.
  package var first: ReplayFigures
  /// The others; nil where there are none.
  package var steady: SteadyFigures?
  /// The requests refused in all of them, and the damage.
  package var failures = 0
  package var damaged = 0
  package var firstDamage: ReplayOutcome.Damage?

  /// Replays `replayer`'s trace on a fresh allocator.
  ///
  /// Blocks that the trace does not free are freed between two replays. Of several later replays the
  /// first is not counted: caches fill in it.
  static func measure<Backend: ReplayBackend & ~Copyable>(
    _ backend: () throws -> Backend, repetitions: Int, replayer: inout Replayer
  ) throws -> ReplaySeries {
    let meter = ResidentMeter()
    let faults = PageFaults.count()
    let start = Clock.now()
    var backend = try backend()
    let setup = Clock.now() - start
    var progress = Progress("replay 1 of \(repetitions)")
    replayer.replay(on: &backend, progress: &progress)
    let newFaults = PageFaults.count() - faults
    let counters = backend.counters
    let resident = meter.peak(counted: counters?.peakResident)
    replayer.finish(on: &backend)
    progress.finish()
    var series = ReplaySeries(
      first: ReplayFigures(
        outcome: replayer.outcome, latency: replayer.latencySummary, counters: counters,
        firstRefusal: nil, peakResident: resident, setupNanoseconds: setup, pageFaults: newFaults))
    series.note(replayer.outcome)
    if repetitions > 1 { series.repeats(repetitions, &replayer, &backend) }
    series.first.firstRefusal = backend.firstRefusal
    return series
  }

  private mutating func repeats<Backend: ReplayBackend & ~Copyable>(
    _ repetitions: Int, _ replayer: inout Replayer, _ backend: inout Backend
  ) {
    var steady = SteadyFigures()
    for number in 2...repetitions {
      var progress = Progress("replay \(number) of \(repetitions)")
      replayer.replay(on: &backend, isClocked: false, progress: &progress)
      replayer.finish(on: &backend)
      progress.finish()
      note(replayer.outcome)
      steady.totals.append(replayer.outcome.times.total)
    }
    if steady.totals.count > 1 { steady.totals.removeFirst() }
    let before = backend.counters
    var progress = Progress("replay for latencies")
    replayer.replay(on: &backend, progress: &progress)
    steady.latency = replayer.latencySummary
    steady.counters = backend.counters.map { $0.since(before ?? $0) }
    replayer.finish(on: &backend)
    progress.finish()
    note(replayer.outcome)
    self.steady = steady
  }

  private mutating func note(_ outcome: ReplayOutcome) {
    failures += outcome.failures
    damaged += outcome.damaged
    firstDamage = firstDamage ?? outcome.firstDamage
  }
}
