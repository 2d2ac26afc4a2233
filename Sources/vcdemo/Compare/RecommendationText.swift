// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A recommendation in words.
package enum RecommendationText {
  /// What the table of ``residents(_:)`` is of.
  static let caption = "Resident at the peak"

  /// The answer, what it rests on, and the table of resident memory: for a terminal.
  package static func text(_ result: TraceResult) -> String {
    var lines = ["\(result.trace.name): \(question) \(answer(Recommendation(result)))"]
    lines += sentences(result).map { Paragraph.wrapped($0, first: "  ", later: "    ") }
    if !result.results.isEmpty { lines.append(residents(result).text(indentation: 2)) }
    return lines.joined(separator: "\n")
  }

  static let question = "is VCompound worth it for this program?"

  /// The answer in a word or two.
  package static func answer(_ recommendation: Recommendation) -> String {
    switch recommendation.answer {
    case .yes: "Yes."
    case .depends: "It depends."
    case .no: "No."
    case .unknown: "Nothing can be said."
    }
  }

  /// What the answer rests on.
  package static func sentences(_ result: TraceResult) -> [String] {
    let recommendation = Recommendation(result)
    var sentences = recommendation.reasons.map { words($0, recommendation, result.trace) }
    if recommendation.answer == .no, recommendation.point != nil {
      sentences.append(
        "Only a ceiling that must not be exceeded would speak for it: no malloc has one.")
    }
    guard let point = recommendation.point, let ours = result.compound(point) else {
      return sentences
    }
    sentences.append(budget(point, recommendation, result))
    sentences += stitched(ours)
    sentences += times(ours, result, recommendation)
    return sentences
  }

  /// What each malloc kept resident, and VCompound at the budget that is recommended.
  package static func residents(_ result: TraceResult) -> TextTable {
    let point = Recommendation(result).point
    // One unit for all: two sizes in GiB can look alike.
    func mebibytes(_ footprint: Double) -> String {
      let bytes = Recommendation.bytes(footprint, result.trace)
      return Format.decimal(Double(bytes) / 0x1p20, digits: 1) + " MiB"
    }
    let shown = result.results.filter { one in
      one.contender.budget == nil || one.contender.budget == point
    }
    let rows = shown.map { one in
      [one.contender.name]
        + result.regimes.reversed().map { regime in
          one[regime].map { mebibytes($0.footprint.median) } ?? "-"
        }
    }
    return TextTable(
      alignments: [.left] + result.regimes.map { _ in .right },
      rows: [[caption.lowercased()] + result.regimes.reversed().map(\.name)] + rows
        + [["(alive)"] + result.regimes.map { _ in mebibytes(1) }])
  }

  private static func words(
    _ reason: Recommendation.Reason, _ recommendation: Recommendation, _ trace: TraceSummary
  ) -> String {
    let malloc = recommendation.present ?? ""
    switch reason {
    case .notMeasured: return "VCompound was not measured."
    case .refused:
      return "It refused requests at every budget that was measured; '--budgets' takes larger ones."
    case .noPeer: return "No malloc was measured beside it."
    case .savesMemory(let bytes): return "It keeps \(size(bytes)) less resident than \(malloc)."
    case .costsMemory(let bytes): return "It keeps \(size(bytes)) more resident than \(malloc)."
    case .sameMemory(let bytes):
      return bytes < 0
        ? "It keeps \(size(-bytes)) more resident than \(malloc), too little to count."
        : "It saves no memory that counts: \(size(bytes)) less than \(malloc)."
    case .savesTime(let ratio): return "It takes \(times(ratio)) the time of \(malloc)."
    case .costsTime(let ratio): return "It is slower: \(times(ratio)) the time of \(malloc)."
    case .sameTime(let ratio):
      let ran = trace.duration > 0 ? ", in a run of \(time(Double(trace.duration)))" : ""
      return "It makes no difference in time that counts: \(times(ratio)) that of \(malloc)\(ran)."
    case .rival(let name):
      return "\(name) keeps up, in memory and in time, in one regime at least, and needs no change "
        + "of the program: preload it."
    case .isSmall: return "The program keeps only \(size(trace.peakLiveBytes)) alive."
    case .hasSmallBlocks:
      return "Most of what it keeps alive is in blocks smaller than a page, which mallocs are for."
    }
  }

  private static func budget(
    _ point: Ratio, _ recommendation: Recommendation, _ result: TraceResult
  ) -> String {
    let pages = point.roundedUp(of: result.trace.peakPages) ?? 0
    var text =
      "It needs an arena of \(size(pages * LivePeak.pageSize)), \(point) times the peak: the "
      + "least that was measured that refuses nothing and is near its best memory and, as far as "
      + "the program would notice, its best time"
    if let tightest = recommendation.tightest, tightest != point,
      let tight = result.compound(tightest), let ours = result.compound(point),
      let ratio = Recommendation.ratios(tight, to: ours).max()
    {
      let peak = size(Recommendation.peak(tight, result.trace))
      text += " (\(tightest) refuses nothing either: \(times(ratio)) its time, \(peak) resident)"
    }
    return text + "."
  }

  private static func stitched(_ ours: ContenderResult) -> [String] {
    let shares = [Regime.firstPass, .steady].compactMap { regime in
      ours[regime]?.stitchedShare.map { "\(percent($0.median)) in the \(regime.name)" }
    }
    guard !shares.isEmpty else { return [] }
    return ["Of the requests it stitches \(shares.joined(separator: ", "))."]
  }

  private static func times(
    _ ours: ContenderResult, _ result: TraceResult, _ recommendation: Recommendation
  ) -> [String] {
    [Regime.firstPass, .steady].compactMap { regime in
      guard let figure = ours[regime] else { return nil }
      let fastest = result.fastestPeer(regime)
      let named = [fastest?.contender.name, recommendation.present].compactMap(\.self)
      let names = named.first == named.last ? Array(named.prefix(1)) : named
      let parts = names.compactMap { name -> String? in
        guard let other = result.peer(name)?[regime]?.nanoseconds.median, other > 0 else {
          return nil
        }
        let role = name == fastest?.contender.name ? ", the fastest malloc" : ""
        return "\(times(figure.nanoseconds.median / other)) that of \(name)\(role)"
      }
      guard !parts.isEmpty else { return nil }
      let total = time(figure.nanoseconds.median * Double(result.trace.events))
      return "Its time in the \(regime.name), \(total), is \(parts.joined(separator: ", "))."
    }
  }

  static func percent(_ share: Double) -> String {
    Format.percent(Int((share * 1e6).rounded(.up)), of: 1_000_000)
  }

  private static func size(_ bytes: Int) -> String { Format.size(bytes) }

  private static func time(_ nanoseconds: Double) -> String {
    Format.duration(nanoseconds: nanoseconds)
  }

  private static func times(_ ratio: Double) -> String {
    Format.decimal(ratio, digits: 2) + " times"
  }
}
