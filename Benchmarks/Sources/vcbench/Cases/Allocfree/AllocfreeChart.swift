// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Time against size, a curve for each contender: what NetBSD's patch was shown by.
package enum AllocfreeChart {
  private static let width = 860.0
  private static let plotHeight = 324.0
  private static let title = "Allocate and free one block, ns, against its size in bytes"

  /// A contender and its medians, by size.
  package typealias Series = (name: String, points: [(byteCount: Int, nanoseconds: Double)])

  /// The drawing, as the text of an SVG file.
  ///
  /// - Parameters:
  ///   - results: what was run, by the names of the cases.
  ///   - host: the machine.
  /// - Returns: the text, or nil where no case of one thread was run.
  package static func svg(
    _ results: [(name: String, result: BenchResult)], host: HostFacts
  ) -> String? {
    let series = curves(results)
    let points = series.flatMap(\.points)
    guard !points.isEmpty else { return nil }
    let styles = styles(of: series.map(\.name))
    let legend = zip(series, styles).map { one, style in
      ChartHeader.Entry(text: one.name) { svg, middle in
        let half = ChartHeader.markWidth / 2
        svg.line(
          from: (middle.x - half, middle.y), to: (middle.x + half, middle.y), style: style)
      }
    }
    let header = ChartHeader(title, facts: host.text, legend, width: width)
    let plot = ChartBox(
      left: 56, top: header.height + 8, right: width - 24, bottom: header.height + 8 + plotHeight)
    let x = ChartScale(sizes: points.map(\.byteCount), from: plot.left, to: plot.right)
    let y = ChartScale(
      points.map(\.nanoseconds), isLogarithmic: true, from: plot.bottom, to: plot.top)
    var svg = SVGText(width: width, height: plot.bottom + 36, title: title)
    header.draw(into: &svg)
    drawGrid(x, y, plot, into: &svg)
    // The first is drawn last, over the others.
    for (one, style) in zip(series, styles).reversed() {
      svg.polyline(
        one.points.map { (x.position(Double($0.byteCount)), y.position($0.nanoseconds)) },
        style: style)
    }
    return svg.text
  }

  private static func drawGrid(
    _ x: ChartScale, _ y: ChartScale, _ plot: ChartBox, into svg: inout SVGText
  ) {
    for tick in x.ticks {
      let place = x.position(tick)
      svg.line(from: (place, plot.top), to: (place, plot.bottom), style: "grid")
      let size = Int(tick) < 1024 ? "\(Int(tick))" : Format.size(Int(tick))
      svg.text(size, x: place, y: plot.bottom + 16, anchor: "middle", style: "label")
    }
    for tick in y.ticks {
      let place = y.position(tick)
      svg.line(from: (plot.left, place), to: (plot.right, place), style: "grid")
      svg.text(
        Format.decimal(tick, digits: tick < 10 ? 1 : 0), x: plot.left - 6, y: place + 4,
        anchor: "end", style: "label")
    }
  }

  /// How the curves are drawn: VCompound's thick, without a layer in the same colour and dashed, the
  /// others in colours of their own, dashed where those are used up.
  private static func styles(of names: [String]) -> [String] {
    let colours = 7
    let dashes = 5
    var partial = 0
    var peers = 0
    return names.map { name in
      if name == Peer.compoundName { return "series thick colour0" }
      if name.hasPrefix(Peer.compoundName) {
        partial += 1
        return "series colour0 dash\(1 + (partial - 1) % (dashes - 1))"
      }
      peers += 1
      let round = (peers - 1) / (colours - 1) % dashes
      return "series colour\(1 + (peers - 1) % (colours - 1))" + (round > 0 ? " dash\(round)" : "")
    }
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
