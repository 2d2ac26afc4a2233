// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// All replays of a trace on one allocator, as a server would run for long.
package struct ReplaySeries: Sendable {
  /// The first.
  package var first: ReplayFigures
  /// The others; nil where there are none.
  package var steady: SteadyFigures?
  /// What is resident after them.
  package var idle = IdleFigures(nanoseconds: 0, resident: 0, peak: 0)
  /// The requests refused in all of them, and the damage.
  package var failures = 0
  package var damaged = 0
  package var firstDamage: ReplayOutcome.Damage?

  /// Replays `replayer`'s trace on a fresh allocator.
  ///
  /// Blocks that the trace does not free are freed between two replays. Of several later replays
  /// the first is not counted: caches fill in it.
  static func measure<Backend: ReplayBackend & ~Copyable>(
    _ backend: () throws -> Backend, _ options: ReplayOptions, replayer: inout Replayer
  ) throws -> ReplaySeries {
    let repetitions = options.repetitions
    var progress = Progress("replay 1/\(repetitions)")
    // What follows takes nothing from malloc but what the trace asks for, and short texts fit into
    // their variables: a block of ours among those of the trace would keep memory resident.
    var totals: [UInt64] = []
    totals.reserveCapacity(repetitions)
    var meter = ResidentMeter()
    let faults = PageFaults.count()
    let start = Clock.now()
    var backend = try backend()
    let setup = Clock.now() - start
    replayer.replay(on: &backend, isClocked: !options.readsClockOnce, progress: &progress)
    let newFaults = PageFaults.count() - faults
    let counters = backend.counters
    let resident = meter.peak(counted: counters?.peakResident)
    replayer.finish(on: &backend)
    progress.finish()
    let latency = options.readsClockOnce ? nil : replayer.latencySummary
    var series = ReplaySeries(
      first: ReplayFigures(
        outcome: replayer.outcome, latency: latency, counters: counters, firstRefusal: nil,
        peakResident: resident, setupNanoseconds: setup, pageFaults: newFaults))
    series.note(replayer.outcome)
    if repetitions > 1 { series.repeats(repetitions, totals, &replayer, &backend, &meter) }
    series.first.firstRefusal = backend.firstRefusal
    series.idle = idle(after: options.linger, series, backend, meter)
    return series
  }

  private mutating func repeats<Backend: ReplayBackend & ~Copyable>(
    _ repetitions: Int, _ totals: consuming [UInt64], _ replayer: inout Replayer,
    _ backend: inout Backend, _ meter: inout ResidentMeter
  ) {
    var steady = SteadyFigures(totals: totals)
    meter.beginRegime()
    for number in 2...repetitions {
      var progress = Progress("replay \(number)/\(repetitions)")
      let faults = PageFaults.count()
      replayer.replay(on: &backend, isClocked: false, progress: &progress)
      let newFaults = PageFaults.count() - faults
      let resident = meter.peak(counted: backend.counters?.peakResident)
      replayer.finish(on: &backend)
      progress.finish()
      note(replayer.outcome)
      steady.peakResident = max(steady.peakResident, resident)
      guard number > 2 || repetitions == 2 else { continue }
      steady.totals.append(replayer.outcome.times.total)
      steady.pageFaults += newFaults
    }
    let before = backend.counters
    var progress = Progress("replay for latencies")
    replayer.replay(on: &backend, progress: &progress)
    steady.latency = replayer.latencySummary
    steady.counters = backend.counters.map { $0.since(before ?? $0) }
    steady.peakResident = max(
      steady.peakResident, meter.peak(counted: steady.counters?.peakResident))
    replayer.finish(on: &backend)
    progress.finish()
    note(replayer.outcome)
    self.steady = steady
  }

  /// Waits, and sees what is resident then.
  private static func idle<Backend: ReplayBackend & ~Copyable>(
    after nanoseconds: UInt64, _ series: ReplaySeries, _ backend: borrowing Backend,
    _ meter: ResidentMeter
  ) -> IdleFigures {
    let end = Clock.now() + nanoseconds
    while true {
      let now = Clock.now()
      guard now < end else { break }
      usleep(UInt32(clamping: min(end - now, 100_000_000) / 1000 + 1))
    }
    return IdleFigures(
      nanoseconds: nanoseconds, resident: meter.current(counted: backend.counters?.resident),
      peak: max(series.first.peakResident, series.steady?.peakResident ?? 0))
  }

  private mutating func note(_ outcome: ReplayOutcome) {
    failures += outcome.failures
    damaged += outcome.damaged
    firstDamage = firstDamage ?? outcome.firstDamage
  }
}
