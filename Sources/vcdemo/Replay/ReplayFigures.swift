// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of one replay in an arena of its own.
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

  /// Replays `replayer`'s trace once on a fresh allocator.
  static func measure<Backend: ReplayBackend & ~Copyable>(
    _ type: Backend.Type, capacity: Int, replayer: inout Replayer, progress: inout Progress
  ) throws -> ReplayFigures {
    let meter = ResidentMeter()
    let faults = PageFaults.count()
    let start = Clock.now()
    var backend = try Backend(capacity: capacity)
    let setup = Clock.now() - start
    replayer.replay(on: &backend, progress: &progress)
    let newFaults = PageFaults.count() - faults
    let counters = backend.counters
    let resident = meter.peak(counted: counters?.peakResident)
    replayer.finish(on: &backend)
    return ReplayFigures(
      outcome: replayer.outcome, latency: replayer.latencySummary(), counters: counters,
      firstRefusal: backend.firstRefusal, peakResident: resident, setupNanoseconds: setup,
      pageFaults: newFaults)
  }
}
