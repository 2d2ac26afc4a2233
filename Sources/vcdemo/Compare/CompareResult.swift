// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A comparison that was made.
package struct CompareResult: Sendable {
  /// How often everything was measured, after one warm-up.
  package let rounds: Int
  /// The machine.
  package let host: HostFacts
  /// The results, trace by trace.
  package let traces: [TraceResult]
  /// Those who were left out of a trace.
  package let dropouts: [Comparison.Dropout]

  /// Holds the parts.
  package init(
    rounds: Int, host: HostFacts, traces: [TraceResult], dropouts: [Comparison.Dropout]
  ) {
    self.rounds = rounds
    self.host = host
    self.traces = traces
    self.dropouts = dropouts
  }

  /// The answers for each trace.
  package var verdicts: [Verdict] { traces.map { Verdict($0) } }

  /// The document.
  package var json: JSONValue {
    let verdicts = verdicts
    return .object([
      ("schema", .integer(1)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("host", host.json),
      ("rounds", .integer(rounds)),
      ("traces", .array(zip(traces, verdicts).map(CompareResult.json))),
      ("overall", CompareResult.json(Verdict(all: verdicts))),
      ("leftOut", .array(dropouts.map(CompareResult.json))),
    ])
  }

  private static func json(_ result: TraceResult, _ verdict: Verdict) -> JSONValue {
    .object([
      ("trace", .string(result.trace.name)),
      ("path", .string(result.trace.path)),
      ("events", .integer(result.trace.events)),
      ("peakLiveBytes", .integer(result.trace.peakLiveBytes)),
      ("contenders", .array(result.results.map { json($0, peer: result.fastestPeer) })),
      ("verdict", json(verdict)),
    ])
  }

  private static func json(_ result: ContenderResult, peer: ContenderResult?) -> JSONValue {
    let ratio = peer.map { result.nanoseconds.median / $0.nanoseconds.median }
    return .object([
      ("name", .string(result.contender.name)),
      ("budget", number(result.contender.budget.map { Double($0.millionths) / 1e6 })),
      ("library", result.rounds[0].mallocLibrary.map { .string($0) } ?? .null),
      ("nanosecondsPerEvent", json(result.nanoseconds)),
      ("ratioToFastestPeer", number(ratio)),
      ("footprint", json(result.footprint)),
      ("pageFaultsPerThousandEvents", json(result.faultsPerThousand)),
      ("stitchedShare", result.stitchedShare.map(json) ?? .null),
      ("failures", .integer(result.failures)),
      ("allocateP999", json(result.allocateP999)),
      ("rounds", .array(result.rounds.map(json))),
    ])
  }

  private static func json(_ spread: Spread) -> JSONValue {
    .object([
      ("median", .number(spread.median)), ("minimum", .number(spread.least)),
      ("maximum", .number(spread.most)),
    ])
  }

  private static func json(_ round: Measurement) -> JSONValue {
    .object([
      ("nanosecondsPerEvent", .number(round.nanosecondsPerEvent)),
      ("loopNanosecondsPerEvent", .number(round.loopNanosecondsPerEvent)),
      ("setupNanoseconds", .integer(round.setupNanoseconds)),
      ("footprint", .number(round.footprint)),
      ("pageFaults", .integer(round.pageFaults)),
      ("contiguous", .integer(round.contiguous)),
      ("stitched", .integer(round.stitched)),
      ("failures", .integer(round.failures)),
      ("allocateP999", .integer(round.allocateP999)),
    ])
  }

  private static func json(_ verdict: Verdict) -> JSONValue {
    .object([
      ("fastestPeer", verdict.fastestPeer.map { .string($0) } ?? .null),
      ("best", .array(verdict.best.map(json))),
      ("failuresAtBudget100", .integer(verdict.tightFailures)),
      ("budget100OverGlibc", number(verdict.tightOverSystem)),
      ("allocateP999AtBudget105OverJemalloc", number(verdict.latencyOverPeer)),
    ])
  }

  private static func json(_ best: Verdict.Best) -> JSONValue {
    .object([
      ("footprintAtMost", .number(best.limit)),
      ("budget", number(best.budget.map { Double($0.millionths) / 1e6 })),
      ("footprint", number(best.footprint)),
      ("ratioToFastestPeer", number(best.ratio)),
    ])
  }

  private static func json(_ dropout: Comparison.Dropout) -> JSONValue {
    .object([
      ("contender", .string(dropout.contender)),
      ("trace", .string(dropout.trace)),
      ("reason", .string(dropout.reason)),
    ])
  }

  private static func number(_ value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }
}
