// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a comparison as a page: what to do, then the charts, then all figures.
package enum ComparePage {
  /// How wide the panel of a chart is, so that it can be read on a telephone.
  private static let panelWidth = 380.0

  /// The page.
  ///
  /// - Parameters:
  ///   - result: what was measured.
  ///   - contenders: who was to be measured: the commands are theirs.
  /// - Returns: the page.
  package static func page(_ result: CompareResult, _ contenders: [Contender]) -> HTMLPage {
    let names = result.traces.map(\.trace.name).joined(separator: ", ")
    var page = HTMLPage("VCompound beside other mallocs: \(names)", host: result.host)
    for trace in result.traces { add(trace, to: &page) }
    page.heading("The answers in figures")
    for regime in result.regimes {
      let verdicts = result.verdicts(regime)
      let all = verdicts + (verdicts.count > 1 ? [Verdict(all: verdicts)] : [])
      for verdict in all {
        let lines = CompareTable.answers(verdict).split(separator: "\n").map(String.init)
        page.paragraph(lines[0])
        page.list(Array(lines.dropFirst()))
      }
    }
    if !result.dropouts.isEmpty {
      page.heading("Left out")
      page.list(result.dropouts.map(\.message))
    }
    page.heading("Every measurement")
    page.paragraph(
      "Each is a process of its own, in every round: \(CompareTable.method(result.options)).")
    page.commands(
      result.traces.flatMap { trace in
        contenders.map { contender in
          let words = [Program.name] + contender.words(replaying: trace.trace.path, result.options)
          return (contender.library.map { "LD_PRELOAD=\($0) " } ?? "") + Shell.line(words)
        }
      })
    return page
  }

  private static func add(_ result: TraceResult, to page: inout HTMLPage) {
    page.heading(CompareTable.heading(result.trace))
    let answer = RecommendationText.answer(Recommendation(result))
    page.paragraph("Is VCompound worth it for this program? \(answer)", isStrong: true)
    page.list(RecommendationText.sentences(result))
    guard !result.results.isEmpty else { return page.paragraph("Nobody got through.") }
    page.table(RecommendationText.residents(result), RecommendationText.caption)
    page.figures(
      result.regimes.map { regime in
        let title = "\(result.trace.name), \(regime.name): footprint against time"
        var svg = SVGText(width: panelWidth, height: ChartPanel.height, title: title)
        ChartPanel(result, regime, left: 0, top: 0, width: panelWidth).draw(into: &svg)
        return svg
      },
      "Footprint against time; lower left is better. Circles on the line are VCompound, by "
        + "budget; hollow ones refuse requests. Squares are other mallocs.")
    for regime in result.regimes {
      page.table(CompareTable.table(result, regime), "\(result.trace.name), \(regime.name)")
    }
  }
}
