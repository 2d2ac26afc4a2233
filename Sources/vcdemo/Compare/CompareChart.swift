// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a comparison as a drawing.
///
/// For each trace the steady state, and the first pass beside it; where only the first pass was
/// measured, two traces side by side.
package enum CompareChart {
  private static let title = "Footprint against time: VCompound and other mallocs"

  /// The drawing, as the text of an SVG file.
  ///
  /// - Parameters:
  ///   - traces: the results.
  ///   - host: the machine.
  /// - Returns: the text.
  package static func svg(_ traces: [TraceResult], host: HostFacts) -> String {
    let shown = traces.filter { !$0.results.isEmpty }
    let panels = shown.flatMap { result in result.regimes.map { (result: result, regime: $0) } }
    let columns = max(1, min(2, panels.count))
    let rows = (panels.count + columns - 1) / columns
    let width = Double(columns) * ChartPanel.width
    let header = ChartHeader(title, facts: host.text, legend, width: width)
    var svg = SVGText(
      width: width, height: header.height + Double(rows) * ChartPanel.height, title: title)
    header.draw(into: &svg)
    for (number, panel) in panels.enumerated() {
      ChartPanel(
        panel.result, panel.regime, left: Double(number % columns) * ChartPanel.width,
        top: header.height + Double(number / columns) * ChartPanel.height
      ).draw(into: &svg)
    }
    return svg.text
  }

  private static var legend: [ChartHeader.Entry] {
    [
      ChartHeader.Entry(
        text: "VCompound, by budget (hollow: refuses some)", style: "ours-label"
      ) { svg, middle in
        svg.line(from: (middle.x - 12, middle.y), to: (middle.x + 12, middle.y), style: "curve")
        svg.circle(at: middle, radius: 4.5, style: "ours")
      },
      ChartHeader.Entry(text: "other mallocs") { svg, middle in
        svg.square(at: middle, side: 9, style: "peer")
      },
      ChartHeader.Entry(text: "lower left is better") { _, _ in },
    ]
  }
}
