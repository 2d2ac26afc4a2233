// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a comparison, for people.
package enum CompareTable {
  /// Everything: what to do, the tables, then the answers in figures.
  package static func text(_ result: CompareResult) -> String {
    let heading = [result.host.text, method(result.options)] + Build.stitching()
    var parts = [heading.joined(separator: "\n")]
    parts += result.traces.map(RecommendationText.text)
    parts += result.traces.map(table)
    for regime in result.regimes {
      let verdicts = result.verdicts(regime)
      parts += verdicts.map { answers($0) }
      if verdicts.count > 1 { parts.append(answers(Verdict(all: verdicts))) }
    }
    return parts.joined(separator: "\n\n")
  }

  /// How the figures were made.
  static func method(_ options: CompareOptions) -> String {
    var parts = ["medians of \(Format.count(options.rounds, "round"))"]
    if options.repetitions > 1 {
      parts.append("\(Format.count(options.repetitions, "replay")) in each")
    }
    if options.hasUpkeep { parts.append("\(Peer.compoundName) with its helper thread") }
    let time =
      options.linger == 0
      ? "at once" : Format.duration(nanoseconds: Double(options.linger)) + " later"
    parts.append("'left' is resident \(time)")
    return parts.joined(separator: ", ")
  }

  /// The tables of one trace, one for each regime.
  package static func table(_ result: TraceResult) -> String {
    let heading = heading(result.trace)
    guard !result.results.isEmpty else { return heading + "\n  nobody got through" }
    let tables = result.regimes.map { table(result, $0).text(indentation: 2) }
    return heading + "\n" + tables.joined(separator: "\n\n")
  }

  /// What a trace is.
  static func heading(_ trace: TraceSummary) -> String {
    "\(trace.name): \(Format.count(trace.events, "event")), peak live "
      + Format.size(trace.peakLiveBytes)
  }

  /// The table of one trace in one regime.
  static func table(_ result: TraceResult, _ regime: Regime) -> TextTable {
    // What is of the whole process stands in the first table.
    let isFirst = regime == result.regimes.first
    let headings =
      [regime.name, "ns/event", "least ... most", "ratio", "footprint", "faults/1000", "stitched"]
      + (isFirst ? ["refused", "p99.9", "left"] : [])
    let fastest = result.fastestPeer(regime)?[regime]?.nanoseconds.median
    let rows = result.results.compactMap { contender in
      contender[regime].map { figures in
        row(contender.contender.name, figures, fastest: fastest)
          + (isFirst ? processCells(contender, figures) : [])
      }
    }
    let alignments =
      [TextTable.Alignment.left]
      + [TextTable.Alignment](repeating: .right, count: headings.count - 1)
    return TextTable(alignments: alignments, rows: [headings] + rows)
  }

  private static func row(_ name: String, _ result: RegimeResult, fastest: Double?) -> [String] {
    let time = result.nanoseconds
    return [
      name,
      nanoseconds(time.median),
      "\(nanoseconds(time.least)) ... \(nanoseconds(time.most))",
      fastest.map { Format.decimal(time.median / $0, digits: 2) } ?? "-",
      Format.decimal(result.footprint.median, digits: 2),
      Format.decimal(result.faultsPerThousand.median, digits: 0),
      result.stitchedShare.map { RecommendationText.percent($0.median) } ?? "-",
    ]
  }

  private static func processCells(_ result: ContenderResult, _ figures: RegimeResult) -> [String] {
    [
      Format.count(result.failures),
      figures.allocateP999.map { Format.duration(nanoseconds: $0.median) } ?? "-",
      RecommendationText.percent(result.left.median),
    ]
  }

  private static func nanoseconds(_ value: Double) -> String {
    Format.decimal(value, digits: value < 100 ? 1 : 0)
  }

  /// The answers for one trace or for all.
  package static func answers(_ verdict: Verdict) -> String {
    var lines = ["\(verdict.trace ?? "all traces, geometric means"), \(verdict.regime.name):"]
    lines += verdict.best.map { best in
      "  footprint at most \(Format.decimal(best.limit, digits: 2)): \(answer(best, verdict))"
    }
    lines.append("  budget \(Verdict.tightBudget): \(tightAnswer(verdict))")
    lines.append("  allocate p99.9 at budget \(Verdict.latencyBudget): \(latencyAnswer(verdict))")
    return lines.joined(separator: "\n")
  }

  private static func answer(_ best: Verdict.Best, _ verdict: Verdict) -> String {
    guard verdict.trace != nil else {
      return best.ratio.map { times($0) + " the fastest peer's time" }
        ?? "no answer, as a trace has none"
    }
    guard let budget = best.budget, let footprint = best.footprint else {
      return "no point of VCompound qualifies"
    }
    let point = "\(Peer.compoundName) \(budget) (\(Format.decimal(footprint, digits: 2)))"
    guard let ratio = best.ratio, let peer = verdict.fastestPeer else {
      return "\(point), and no peer to compare with"
    }
    return "\(point) takes \(times(ratio)) the time of \(peer), the fastest peer"
  }

  private static func tightAnswer(_ verdict: Verdict) -> String {
    guard let failures = verdict.tightFailures else { return notMeasured(verdict) }
    let refused = "\(Format.count(failures, "request")) refused"
    guard let ratio = verdict.tightOverSystem else { return refused }
    let word = ratio < 1 ? "faster" : "not faster"
    return "\(refused), \(times(ratio)) the time of \(Peer.systemName): \(word)"
  }

  private static func latencyAnswer(_ verdict: Verdict) -> String {
    guard let ratio = verdict.latencyOverPeer else { return notMeasured(verdict) }
    return "\(times(ratio)) \(Verdict.latencyPeer)'s"
  }

  private static func notMeasured(_ verdict: Verdict) -> String {
    verdict.trace == nil ? "not measured on all traces" : "not measured"
  }

  private static func times(_ ratio: Double) -> String {
    Format.decimal(ratio, digits: 2) + " times"
  }
}
