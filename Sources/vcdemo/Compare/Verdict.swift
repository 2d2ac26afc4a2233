// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The questions that a comparison is made for, answered from the medians.
package struct Verdict: Sendable {
  /// The largest footprints at which VCompound's best point is looked for.
  package static let footprints = [1.05, 1.20]
  /// The budget that leaves nothing to spare.
  package static let tightBudget = Ratio(millionths: 1_000_000)
  /// The budget whose latency is compared with jemalloc's.
  package static let latencyBudget = Ratio(millionths: 1_050_000)
  /// The peer whose latency that is.
  package static let latencyPeer = "jemalloc"

  /// VCompound's fastest point within a footprint.
  package struct Best: Equatable, Sendable {
    /// The largest footprint that counts.
    package let limit: Double
    /// The point's budget; nil where no point is within the limit and refuses nothing.
    package let budget: Ratio?
    /// Its footprint.
    package let footprint: Double?
    /// Its time for each event divided by the fastest peer's; nil where there is no peer either.
    package let ratio: Double?
  }

  /// What the answers are about.
  package let regime: Regime
  /// The trace's name; nil for all the traces together.
  package let trace: String?
  /// The fastest peer's name; nil where there is none, and for all traces together.
  package let fastestPeer: String?
  /// The best points, one for each of ``footprints``.
  package let best: [Best]
  /// The requests refused at ``tightBudget``.
  package let tightFailures: Int?
  /// The time for each event at ``tightBudget``, divided by glibc's.
  package let tightOverSystem: Double?
  /// The 99.9 % latency at ``latencyBudget``, divided by the peer's.
  package let latencyOverPeer: Double?

  /// Answers for one trace in one regime.
  package init(_ result: TraceResult, _ regime: Regime) {
    let peer = result.fastestPeer(regime)
    self.regime = regime
    trace = result.trace.name
    fastestPeer = peer?.contender.name
    let points = result.results.compactMap { point in
      point[regime].map { (contender: point.contender, failures: point.failures, figures: $0) }
    }
    best = Verdict.footprints.map { limit in
      let point = points.filter { point in
        point.contender.budget != nil && point.failures == 0
          && point.figures.footprint.median <= limit
      }.min { $0.figures.nanoseconds.median < $1.figures.nanoseconds.median }
      return Best(
        limit: limit, budget: point?.contender.budget, footprint: point?.figures.footprint.median,
        ratio: Verdict.ratio(point?.figures.nanoseconds, peer?[regime]?.nanoseconds))
    }
    let tight = result.compound(Verdict.tightBudget)
    tightFailures = tight?.failures
    tightOverSystem = Verdict.ratio(
      tight?[regime]?.nanoseconds, result.peer(Peer.systemName)?[regime]?.nanoseconds)
    latencyOverPeer = Verdict.ratio(
      result.compound(Verdict.latencyBudget)?[regime]?.allocateP999,
      result.peer(Verdict.latencyPeer)?[regime]?.allocateP999)
  }

  /// Answers for all the traces together, by the geometric means of their ratios in one regime.
  ///
  /// An answer that one trace lacks is lacking here too: a mean over fewer traces would flatter.
  package init(all verdicts: [Verdict]) {
    regime = verdicts.first?.regime ?? .firstPass
    trace = nil
    fastestPeer = nil
    best = Verdict.footprints.indices.map { index in
      Best(
        limit: Verdict.footprints[index], budget: nil, footprint: nil,
        ratio: Verdict.mean(verdicts.map { $0.best[index].ratio }))
    }
    let failures = verdicts.compactMap(\.tightFailures)
    tightFailures = failures.count == verdicts.count ? failures.reduce(0, +) : nil
    tightOverSystem = Verdict.mean(verdicts.map(\.tightOverSystem))
    latencyOverPeer = Verdict.mean(verdicts.map(\.latencyOverPeer))
  }

  private static func ratio(_ value: Spread?, _ other: Spread?) -> Double? {
    guard let value, let other, other.median > 0 else { return nil }
    return value.median / other.median
  }

  private static func mean(_ ratios: [Double?]) -> Double? {
    let known = ratios.compactMap(\.self)
    return known.count == ratios.count ? Spread.geometricMean(known) : nil
  }
}
