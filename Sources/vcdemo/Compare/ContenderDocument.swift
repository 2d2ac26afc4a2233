// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension ContenderResult {
  /// The figures of a contender as JSON: those of the first pass, and those of the steady state in
  /// an object of their own.
  func json(in trace: TraceResult) -> JSONValue {
    func ratio(_ regime: Regime) -> JSONValue {
      guard let time = self[regime]?.nanoseconds.median,
        let fastest = trace.fastestPeer(regime)?[regime]?.nanoseconds.median
      else { return .null }
      return .number(time / fastest)
    }
    let latency = firstPass.allocateP999 ?? steady?.allocateP999
    return .object(
      [
        ("name", .string(contender.name)),
        ("budget", .number(contender.budget.map { Double($0.millionths) / 1e6 })),
        ("library", rounds[0].mallocLibrary.map { .string($0) } ?? .null),
      ] + Self.members(firstPass, ratio(.firstPass)) + [
        ("failures", .integer(failures)),
        ("allocateP999", latency.map(Self.json) ?? .null),
        ("steady", steady.map { .object(Self.members($0, ratio(.steady))) } ?? .null),
        ("leftShare", Self.json(left)),
        ("rounds", .array(rounds.map(Self.json))),
      ])
  }

  private static func members(
    _ result: RegimeResult, _ ratio: JSONValue
  ) -> [(String, JSONValue)] {
    [
      ("nanosecondsPerEvent", json(result.nanoseconds)),
      ("ratioToFastestPeer", ratio),
      ("footprint", json(result.footprint)),
      ("pageFaultsPerThousandEvents", json(result.faultsPerThousand)),
      ("stitchedShare", result.stitchedShare.map(json) ?? .null),
    ]
  }

  private static func json(_ spread: Spread) -> JSONValue {
    .object([
      ("median", .number(spread.median)), ("minimum", .number(spread.least)),
      ("maximum", .number(spread.most)),
    ])
  }

  private static func json(_ round: Measurement) -> JSONValue {
    .object(
      members(round.first) + [
        ("setupNanoseconds", .integer(round.setupNanoseconds)),
        ("failures", .integer(round.failures)),
        ("allocateP999", .integer(round.allocateP999)),
        ("steady", round.steady.map { .object(members($0)) } ?? .null),
        ("leftShare", .number(round.leftShare)),
      ])
  }

  private static func members(_ pass: Measurement.Pass) -> [(String, JSONValue)] {
    [
      ("nanosecondsPerEvent", .number(pass.nanosecondsPerEvent)),
      ("loopNanosecondsPerEvent", .number(pass.loopNanosecondsPerEvent)),
      ("footprint", .number(pass.footprint)),
      ("pageFaults", .number(pass.pageFaults)),
      ("contiguous", .integer(pass.contiguous)),
      ("stitched", .integer(pass.stitched)),
    ]
  }
}
