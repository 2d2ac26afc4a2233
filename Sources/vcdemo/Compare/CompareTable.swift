// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a comparison, for people.
package enum CompareTable {
  private static let headings = [
    "contender", "ns/event", "least ... most", "ratio", "footprint", "faults/1000", "stitched",
    "refused", "alloc p99.9",
  ]
  private static let alignments =
    [TextTable.Alignment.left] + [TextTable.Alignment](repeating: .right, count: 8)

  /// Everything: the tables, then the answers.
  package static func text(_ result: CompareResult) -> String {
    let verdicts = result.verdicts
    let medians = "medians of \(Format.count(result.rounds, "round"))"
    let heading = ["\(result.host.text); \(medians)"] + Build.stitching()
    var parts = [heading.joined(separator: "\n")]
    parts += result.traces.map(table)
    parts += verdicts.map { answers($0) }
    if verdicts.count > 1 { parts.append(answers(Verdict(all: verdicts))) }
    return parts.joined(separator: "\n\n")
  }

  /// The table of one trace.
  package static func table(_ result: TraceResult) -> String {
    let heading =
      "\(result.trace.name): \(Format.count(result.trace.events, "event")), peak live "
      + Format.size(result.trace.peakLiveBytes)
    guard !result.results.isEmpty else { return heading + "\n  nobody got through" }
    let rows = [headings] + result.results.map { row($0, fastest: result.fastestPeer) }
    return heading + "\n" + TextTable(alignments: alignments, rows: rows).text(indentation: 2)
  }

  private static func row(_ result: ContenderResult, fastest: ContenderResult?) -> [String] {
    let time = result.nanoseconds
    let ratio = fastest.map { Format.decimal(time.median / $0.nanoseconds.median, digits: 2) }
    return [
      result.contender.name,
      nanoseconds(time.median),
      "\(nanoseconds(time.least)) ... \(nanoseconds(time.most))",
      ratio ?? "-",
      Format.decimal(result.footprint.median, digits: 2),
      Format.decimal(result.faultsPerThousand.median, digits: 0),
      result.stitchedShare.map {
        Format.percent(Int(($0.median * 1e6).rounded(.up)), of: 1_000_000)
      } ?? "-",
      Format.count(result.failures),
      Format.duration(nanoseconds: result.allocateP999.median),
    ]
  }

  private static func nanoseconds(_ value: Double) -> String {
    Format.decimal(value, digits: value < 100 ? 1 : 0)
  }

  /// The answers for one trace or for all.
  package static func answers(_ verdict: Verdict) -> String {
    var lines = [(verdict.trace ?? "all traces, geometric means") + ":"]
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
    let point = "\(Contender.compoundName) \(budget) (\(Format.decimal(footprint, digits: 2)))"
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
    return "\(refused), \(times(ratio)) the time of \(Contender.systemName): \(word)"
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
