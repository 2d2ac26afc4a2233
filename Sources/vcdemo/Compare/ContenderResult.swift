// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// All the rounds of one contender on one trace.
package struct ContenderResult: Sendable {
  /// Who.
  package let contender: Contender
  /// The figures of each round, in order; at least one.
  package let rounds: [Measurement]
  /// The first pass.
  package let firstPass: RegimeResult
  /// The steady state; nil where the trace was replayed only once.
  package let steady: RegimeResult?
  /// What is still resident when everything is freed, as a share of the peak.
  package let left: Spread
  /// The refused requests in the round that had most of them.
  package let failures: Int

  /// Summarizes at least one round.
  package init(_ contender: Contender, _ rounds: [Measurement]) {
    self.contender = contender
    self.rounds = rounds
    let events = rounds[0].events
    let later = rounds.compactMap(\.steady)
    let isSteady = later.count == rounds.count
    let latencies = rounds.map(\.allocateP999)
    firstPass = RegimeResult(
      rounds.map(\.first), events: events, latencies: isSteady ? [] : latencies)
    steady = isSteady ? RegimeResult(later, events: events, latencies: latencies) : nil
    left = Spread(rounds.map(\.leftShare))
    failures = rounds.map(\.failures).max() ?? 0
  }

  /// The figures of one regime; nil where it was not measured.
  package subscript(regime: Regime) -> RegimeResult? {
    switch regime {
    case .steady: steady
    case .firstPass: firstPass
    }
  }
}

/// All the contenders on one trace.
package struct TraceResult: Sendable {
  /// The trace.
  package let trace: TraceSummary
  /// Those that got through all the rounds, in the order of the table.
  package let results: [ContenderResult]

  /// Holds the results of a trace.
  package init(_ trace: TraceSummary, _ results: [ContenderResult]) {
    self.trace = trace
    self.results = results
  }

  /// The regimes that were measured, the steady state first.
  package var regimes: [Regime] {
    results.contains { $0.steady != nil } ? [.steady, .firstPass] : [.firstPass]
  }

  /// The peer that took least time in a regime and refused nothing.
  package func fastestPeer(_ regime: Regime) -> ContenderResult? {
    results.filter { $0.contender.budget == nil && $0.failures == 0 && $0[regime] != nil }
      .min { left, right in
        (left[regime]?.nanoseconds.median ?? 0) < (right[regime]?.nanoseconds.median ?? 0)
      }
  }

  /// The result of the peer with this name.
  package func peer(_ name: String) -> ContenderResult? {
    results.first { $0.contender.budget == nil && $0.contender.name == name }
  }

  /// VCompound's result at a budget.
  package func compound(_ budget: Ratio) -> ContenderResult? {
    results.first { $0.contender.budget == budget }
  }
}
