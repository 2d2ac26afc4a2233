// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Time against size, a curve for each contender: what NetBSD's patch was shown by.
package enum AllocfreeChart {
  private static let width = 860.0
  private static let height = 420.0
  private static let plot = ChartBox(left: 56, top: 48, right: 660, bottom: 372)

  /// The colours of the curves, in the order of the contenders; the first is VCompound's.
  private static let styles = ["series0", "series1", "series2", "series3", "series4"]

  /// A contender and its medians, by size.
  package typealias Series = (name: String, points: [(byteCount: Int, nanoseconds: Double)])

  /// The drawing, as the text of an SVG file.
  ///
  /// - Parameter results: what was run, by the names of the cases.
  /// - Returns: the text, or nil where no case of one thread was run.
  package static func svg(_ results: [(name: String, result: BenchResult)]) -> String? {
    let series = curves(results)
    let points = series.flatMap(\.points)
    guard !points.isEmpty else { return nil }
    let x = ChartScale(
      points.map { Double($0.byteCount) }, isLogarithmic: true, from: plot.left, to: plot.right)
    let y = ChartScale(
      points.map(\.nanoseconds), isLogarithmic: true, from: plot.bottom, to: plot.top)
    var svg = SVGText(
      width: width, height: height, title: "Allocate and free, against size: VCompound and others")
    svg.text(
      "Allocate and free one block, ns, against its size in bytes", x: plot.left, y: 28,
      anchor: "start", style: "title")
    for tick in x.ticks {
      let place = x.position(tick)
      svg.line(from: (place, plot.top), to: (place, plot.bottom), style: "grid")
      svg.text(
        Format.count(Int(tick)), x: place, y: plot.bottom + 16, anchor: "middle", style: "label")
    }
    for tick in y.ticks {
      let place = y.position(tick)
      svg.line(from: (plot.left, place), to: (plot.right, place), style: "grid")
      svg.text(
        Format.decimal(tick, digits: tick < 10 ? 1 : 0), x: plot.left - 6, y: place + 4,
        anchor: "end", style: "label")
    }
    for (index, one) in series.enumerated() {
      let style = index < styles.count ? styles[index] : "tie"
      var last: (x: Double, y: Double)?
      for point in one.points {
        let place = (
          x: x.position(Double(point.byteCount)), y: y.position(point.nanoseconds)
        )
        if let last { svg.line(from: last, to: place, style: style) }
        last = place
      }
      let row = plot.top + 10 + Double(index) * 18
      svg.line(from: (plot.right + 16, row), to: (plot.right + 40, row), style: style)
      svg.text(one.name, x: plot.right + 46, y: row + 4, anchor: "start", style: "label")
    }
    return svg.text
  }

  /// The medians of every contender, VCompound's first and those without a layer last.
  private static func curves(_ results: [(name: String, result: BenchResult)]) -> [Series] {
    var order: [String] = []
    var points: [String: [(byteCount: Int, nanoseconds: Double)]] = [:]
    for (name, result) in results where name.hasPrefix(AllocfreeCases.prefix) {
      guard let size = Int(name.dropFirst(AllocfreeCases.prefix.count)) else { continue }
      for row in result.rows {
        if points[row.contender] == nil { order.append(row.contender) }
        points[row.contender, default: []].append((size, row.spread.median))
      }
    }
    let whole = order.filter { !$0.contains("without") }
    return (whole + order.filter { $0.contains("without") }).map { ($0, points[$0] ?? []) }
  }
}
