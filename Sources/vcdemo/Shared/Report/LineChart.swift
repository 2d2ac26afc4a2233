// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Curves over one axis, with a legend.
struct LineChart {
  /// A place on a curve.
  struct Point {
    var x: Double
    var y: Double
    /// What is shown there for a mouse; nothing where it is nil, and no mark either.
    var about: String?
  }

  /// A curve.
  struct Series {
    var name: String
    /// The classes of its line.
    var style: String
    var points: [Point]
  }

  /// What is shown for a mouse wherever it is near a place on the axis to the right.
  struct Moment {
    var x: Double
    var about: String
  }

  /// An axis, and how its ticks are written.
  struct Axis {
    enum Kind {
      case linear
      case logarithmic
      /// Sizes in bytes: ticks are powers of two.
      case sizes
      /// Named places at 0, 1, 2 and so on.
      case places
    }

    var kind: Kind
    var label: (Double) -> String

    func scale(_ values: [Double], from start: Double, to end: Double) -> ChartScale {
      switch kind {
      case .linear, .places:
        ChartScale(values, isLogarithmic: false, from: start, to: end)
      case .logarithmic: ChartScale(values, isLogarithmic: true, from: start, to: end)
      case .sizes: ChartScale(sizes: values.map { Int($0) }, from: start, to: end)
      }
    }

    func ticks(_ scale: ChartScale, _ values: [Double]) -> [Double] {
      guard case .places = kind else { return scale.ticks }
      return Array(stride(from: 0, through: values.max() ?? 0, by: 1))
    }
  }

  /// How wide and high the plot is in pages, where it must be read on a telephone too.
  static let pageWidth = 420.0
  static let pageHeight = 260.0

  var title: String
  var facts = ""
  var width = LineChart.pageWidth
  var plotHeight = LineChart.pageHeight
  var series: [Series]
  var x: Axis
  var y: Axis
  /// For curves with too many points to mark each: in order, what they are at each `x`.
  var moments: [Moment] = []

  /// The drawing; at least one curve has a point.
  var drawing: SVGText {
    let points = series.flatMap(\.points)
    let legend = series.map { one in
      ChartHeader.Entry(text: one.name) { svg, middle in
        let half = ChartHeader.markWidth / 2
        svg.line(
          from: (middle.x - half, middle.y), to: (middle.x + half, middle.y), style: one.style)
      }
    }
    let header = ChartHeader(title, facts: facts, legend, width: width)
    let top = header.height + 8
    let up = y.scale(points.map(\.y), from: top + plotHeight, to: top)
    let heights = y.ticks(up, points.map(\.y))
    let widest = heights.map { ChartLabels.width(of: y.label($0)) }.max() ?? 0
    let plot = ChartBox(
      left: max(56, widest + 12), top: top, right: width - 24, bottom: top + plotHeight)
    let across = x.scale(points.map(\.x), from: plot.left, to: plot.right)
    var svg = SVGText(width: width, height: plot.bottom + 36, title: title)
    header.draw(into: &svg)
    var labelled = -Double.infinity
    for tick in x.ticks(across, points.map(\.x)) {
      let place = across.position(tick)
      svg.line(from: (place, plot.top), to: (place, plot.bottom), style: "grid")
      // Where ticks are close, some go without a label.
      let half = ChartLabels.width(of: x.label(tick)) / 2
      guard place - half > labelled + 2 else { continue }
      labelled = place + half
      svg.text(
        x.label(tick), x: place, y: plot.bottom + 16, anchor: "middle", style: "label")
    }
    for tick in heights {
      let place = up.position(tick)
      svg.line(from: (plot.left, place), to: (plot.right, place), style: "grid")
      svg.text(y.label(tick), x: plot.left - 6, y: place + 4, anchor: "end", style: "label")
    }
    // Below the marks, which tell what they are themselves.
    draw(moments, plot, across, into: &svg)
    // The first is drawn last, over the others.
    for one in series.reversed() {
      svg.polyline(
        one.points.map { (across.position($0.x), up.position($0.y)) }, style: one.style)
      for point in one.points {
        // A single point has no line.
        guard let about = point.about ?? (one.points.count == 1 ? one.name : nil) else { continue }
        svg.circle(
          at: (across.position(point.x), up.position(point.y)), radius: 3,
          style: one.style + " dot", about)
      }
    }
    return svg
  }

  /// Draws strips that nobody sees, each as far as the middle to its neighbours.
  private func draw(
    _ moments: [Moment], _ plot: ChartBox, _ across: ChartScale, into svg: inout SVGText
  ) {
    let places = moments.map { across.position($0.x) }
    for (number, moment) in moments.enumerated() {
      let left = number == 0 ? plot.left : (places[number - 1] + places[number]) / 2
      let right =
        number == places.count - 1 ? plot.right : (places[number] + places[number + 1]) / 2
      svg.strip(
        ChartBox(left: left, top: plot.top, right: right, bottom: plot.bottom), moment.about)
    }
  }
}
