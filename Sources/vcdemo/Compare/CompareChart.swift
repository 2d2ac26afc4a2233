// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a comparison as a drawing.
///
/// For each trace the steady state, and the first pass beside it; where only the first pass was
/// measured, two traces side by side.
package enum CompareChart {
  private static let header = 34.0

  /// The drawing, as the text of an SVG file.
  package static func svg(_ traces: [TraceResult]) -> String {
    let shown = traces.filter { !$0.results.isEmpty }
    let panels = shown.flatMap { result in result.regimes.map { (result: result, regime: $0) } }
    let columns = max(1, min(2, panels.count))
    let rows = (panels.count + columns - 1) / columns
    var svg = SVGText(
      width: Double(columns) * ChartPanel.width,
      height: header + Double(rows) * ChartPanel.height,
      title: "Footprint against time: VCompound and other mallocs")
    drawLegend(into: &svg)
    for (number, panel) in panels.enumerated() {
      ChartPanel(
        panel.result, panel.regime, left: Double(number % columns) * ChartPanel.width,
        top: header + Double(number / columns) * ChartPanel.height
      ).draw(into: &svg)
    }
    return svg.text
  }

  private static func drawLegend(into svg: inout SVGText) {
    let y = 20.0
    svg.line(from: (16, y), to: (40, y), style: "curve")
    svg.circle(at: (28, y), radius: 4.5, style: "ours")
    svg.text(
      "VCompound, by budget (hollow: refuses some)", x: 48, y: y + 4, anchor: "start",
      style: "ours-label")
    svg.square(at: (346, y), side: 9, style: "peer")
    svg.text(
      "other mallocs; lower left is better", x: 358, y: y + 4, anchor: "start", style: "label")
  }
}
