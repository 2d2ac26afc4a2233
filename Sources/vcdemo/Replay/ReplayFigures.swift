// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of the first replay on an allocator: the *first pass*, in which its memory becomes
/// resident.
package struct ReplayFigures: Sendable {
  /// What happened.
  package var outcome: ReplayOutcome
  /// How long the requests took; nil where the clock was read only once.
  package var latency: LatencySummary?
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
  /// The most resident memory in them, in bytes; of an arena the most it ever had.
  package var peakResident = 0
  /// The page faults of all of these event loops.
  package var pageFaults = 0
  /// How long the requests of one replay more took.
  package var latency = LatencySummary([UInt32]().span)
  /// What the allocator counted in the last of those, where it counts.
  package var counters: BackendCounters?
}

/// What is still resident when everything is freed: what the allocator did not give back by itself.
package struct IdleFigures: Equatable, Sendable {
  /// The nanoseconds that have gone by since.
  package var nanoseconds: UInt64
  /// The resident bytes.
  package var resident: Int
  /// Their share of the highest peak.
  package var share: Double

  /// Holds these figures.
  package init(nanoseconds: UInt64, resident: Int, peak: Int) {
    self.nanoseconds = nanoseconds
    self.resident = resident
    share = Double(resident) / Double(max(1, peak))
  }
}
