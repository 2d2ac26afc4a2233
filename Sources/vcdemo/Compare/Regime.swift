// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The two ways in which an allocator is used, whose figures must not be mixed.
package enum Regime: Equatable, Sendable {
  /// The trace is replayed again and again on the same allocator.
  case steady
  /// The allocator is opened and the trace replayed once; memory becomes resident.
  case firstPass

  /// What tables and charts call it.
  package var name: String {
    switch self {
    case .steady: "steady state"
    case .firstPass: "first pass"
    }
  }
}

/// All the rounds of one contender on one trace, in one regime.
package struct RegimeResult: Sendable {
  /// The time for each event, in nanoseconds; in the first pass that of opening the allocator
  /// is included.
  package let nanoseconds: Spread
  /// The peak of resident memory for each byte alive at the trace's peak.
  package let footprint: Spread
  /// The page faults in 1000 events.
  package let faultsPerThousand: Spread
  /// The share of the requests that were stitched; nil where nothing ever is.
  package let stitchedShare: Spread?
  /// The 99.9 % latency of requests, in nanoseconds; nil where the clock was read once a replay.
  package let allocateP999: Spread?

  /// Summarizes at least one round.
  ///
  /// - Parameters:
  ///   - rounds: the figures of each round.
  ///   - events: the events of the trace.
  ///   - latencies: the 99.9 % latencies of each round; none where they are not of this regime.
  init(_ rounds: [Measurement.Pass], events: Int, latencies: [Int]) {
    nanoseconds = Spread(rounds.map(\.nanosecondsPerEvent))
    footprint = Spread(rounds.map(\.footprint))
    faultsPerThousand = Spread(rounds.map { $0.pageFaults * 1000 / Double(events) })
    let shares = rounds.compactMap(\.stitchedShare)
    stitchedShare = shares.isEmpty ? nil : Spread(shares)
    allocateP999 = latencies.isEmpty ? nil : Spread(latencies.map { Double($0) })
  }
}
