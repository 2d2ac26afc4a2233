// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A comparison that was made.
package struct CompareResult: Sendable {
  /// What was asked for.
  package let options: CompareOptions
  /// The machine.
  package let host: HostFacts
  /// The results, trace by trace.
  package let traces: [TraceResult]
  /// Those who were left out of a trace.
  package let dropouts: [Comparison.Dropout]

  /// Holds the parts.
  package init(
    _ options: CompareOptions, host: HostFacts, traces: [TraceResult],
    dropouts: [Comparison.Dropout]
  ) {
    self.options = options
    self.host = host
    self.traces = traces
    self.dropouts = dropouts
  }

  /// The regimes that were measured, the steady state first.
  package var regimes: [Regime] {
    traces.contains { $0.regimes.contains(.steady) } ? [.steady, .firstPass] : [.firstPass]
  }

  /// The answers for each trace in a regime.
  package func verdicts(_ regime: Regime) -> [Verdict] { traces.map { Verdict($0, regime) } }

  /// The document.
  package var json: JSONValue {
    let isSteady = regimes.contains(.steady)
    return .object([
      ("schema", .integer(1)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("host", host.json),
      ("rounds", .integer(options.rounds)),
      ("repetitions", .integer(options.repetitions)),
      ("lingerSeconds", .number(Double(options.linger) / 1e9)),
      ("upkeep", .bool(options.hasUpkeep)),
      ("traces", .array(traces.map(CompareResult.json))),
      ("overall", CompareResult.json(Verdict(all: verdicts(.firstPass)))),
      (
        "steadyOverall",
        isSteady ? CompareResult.json(Verdict(all: verdicts(.steady))) : .null
      ),
      ("leftOut", .array(dropouts.map(CompareResult.json))),
    ])
  }

  private static func json(_ result: TraceResult) -> JSONValue {
    let isSteady = result.regimes.contains(.steady)
    let recommendation = Recommendation(result)
    return .object([
      ("trace", .string(result.trace.name)),
      ("path", .string(result.trace.path)),
      ("events", .integer(result.trace.events)),
      ("peakLiveBytes", .integer(result.trace.peakLiveBytes)),
      (
        "recommendation",
        .object([
          ("worthIt", .string(recommendation.answer.rawValue)),
          ("budget", .number(recommendation.point.map { Double($0.millionths) / 1e6 })),
          ("sentences", .array(RecommendationText.sentences(result).map { .string($0) })),
        ])
      ),
      ("contenders", .array(result.results.map { $0.json(in: result) })),
      ("verdict", json(Verdict(result, .firstPass))),
      ("steadyVerdict", isSteady ? json(Verdict(result, .steady)) : .null),
    ])
  }

  private static func json(_ verdict: Verdict) -> JSONValue {
    .object([
      ("fastestPeer", verdict.fastestPeer.map { .string($0) } ?? .null),
      ("best", .array(verdict.best.map(json))),
      ("failuresAtBudget100", .integer(verdict.tightFailures)),
      ("budget100OverGlibc", .number(verdict.tightOverSystem)),
      ("allocateP999AtBudget105OverJemalloc", .number(verdict.latencyOverPeer)),
    ])
  }

  private static func json(_ best: Verdict.Best) -> JSONValue {
    .object([
      ("footprintAtMost", .number(best.limit)),
      ("budget", .number(best.budget.map { Double($0.millionths) / 1e6 })),
      ("footprint", .number(best.footprint)),
      ("ratioToFastestPeer", .number(best.ratio)),
    ])
  }

  private static func json(_ dropout: Comparison.Dropout) -> JSONValue {
    .object([
      ("contender", .string(dropout.contender)),
      ("trace", .string(dropout.trace)),
      ("reason", .string(dropout.reason)),
    ])
  }
}
