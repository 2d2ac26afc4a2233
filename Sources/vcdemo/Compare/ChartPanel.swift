// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The chart of one trace in one regime: footprint to the right, time upwards.
struct ChartPanel {
  static let width = 480.0
  static let height = 380.0

  /// A contender and its figures.
  private typealias Point = (result: ContenderResult, figures: RegimeResult)

  private let title: String
  private let points: [Point]
  private let frame: ChartBox
  private let across: ChartScale
  private let up: ChartScale

  /// Draws the results, at least one, with the panel's corner at (`left`, `top`).
  init(
    _ result: TraceResult, _ regime: Regime, left: Double, top: Double, width: Double = Self.width
  ) {
    title = "\(result.trace.name), \(regime.name)"
    points = result.results.compactMap { point in point[regime].map { (point, $0) } }
    frame = ChartBox(
      left: left + 70, top: top + 34, right: left + width - 16,
      bottom: top + ChartPanel.height - 50)
    across = ChartScale(
      points.map(\.figures.footprint.median) + [1], isLogarithmic: false,
      from: frame.left, to: frame.right)
    up = ChartScale(
      points.map(\.figures.nanoseconds.median), isLogarithmic: true,
      from: frame.bottom, to: frame.top)
  }

  func draw(into svg: inout SVGText) {
    let middle = (frame.left + frame.right) / 2
    svg.text(title, x: middle, y: frame.top - 14, anchor: "middle", style: "title")
    drawAxes(into: &svg)
    var labels = ChartLabels(bounds: frame)
    let points = points.map { (point: $0, place: place($0.figures)) }
    let curve = points.filter { $0.point.result.contender.budget != nil }
    for (one, next) in zip(curve, curve.dropFirst()) {
      svg.line(from: one.place, to: next.place, style: "curve")
      labels.avoidLine(from: one.place, to: next.place)
    }
    for point in points {
      labels.avoid(ChartBox(x: point.place.x, y: point.place.y, width: 11, height: 11))
    }
    for point in points {
      draw(point.point, at: point.place, &labels, into: &svg)
    }
  }

  private func place(_ figures: RegimeResult) -> (x: Double, y: Double) {
    (across.position(figures.footprint.median), up.position(figures.nanoseconds.median))
  }

  private func draw(
    _ point: Point, at place: (x: Double, y: Double), _ labels: inout ChartLabels,
    into svg: inout SVGText
  ) {
    let (result, figures) = point
    let contender = result.contender
    let isOurs = contender.budget != nil
    let label = contender.budget.map { $0.description } ?? contender.name
    let box = labels.place(label, x: place.x, y: place.y)
    let middle = (x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2)
    // A label that had to go far away is tied to its point.
    let gap = max(
      max(box.left - place.x, place.x - box.right), max(box.top - place.y, place.y - box.bottom))
    if gap > 12 {
      let edge = (
        x: min(max(place.x, box.left), box.right), y: min(max(place.y, box.top), box.bottom)
      )
      svg.line(from: place, to: edge, style: "tie")
      labels.avoidLine(from: place, to: edge)
    }
    let about =
      "\(contender.name): footprint \(Format.decimal(figures.footprint.median, digits: 2)), "
      + "\(Format.decimal(figures.nanoseconds.median, digits: 0)) ns an event, "
      + "\(Format.count(result.failures)) refused"
    if isOurs {
      svg.circle(at: place, radius: 4.5, style: result.failures > 0 ? "refusing" : "ours", about)
    } else {
      svg.square(at: place, side: 9, style: "peer", about)
    }
    svg.text(
      label, x: middle.x, y: middle.y + 4, anchor: "middle", style: isOurs ? "ours-label" : "label")
  }

  private func drawAxes(into svg: inout SVGText) {
    // Steps of 0.05 or 0.25 need a second digit.
    let step = across.ticks.count > 1 ? (across.ticks[1] - across.ticks[0]) * 10 : 1
    let digits = (step - step.rounded()).magnitude > 1e-6 || step < 1 ? 2 : 1
    for tick in across.ticks {
      let x = across.position(tick)
      svg.line(from: (x, frame.top), to: (x, frame.bottom), style: "grid")
      svg.line(from: (x, frame.bottom), to: (x, frame.bottom + 5), style: "axis")
      svg.text(
        Format.decimal(tick, digits: digits), x: x, y: frame.bottom + 18, anchor: "middle",
        style: "label")
    }
    for tick in up.ticks {
      let y = up.position(tick)
      svg.line(from: (frame.left, y), to: (frame.right, y), style: "grid")
      svg.line(from: (frame.left - 5, y), to: (frame.left, y), style: "axis")
      svg.text(
        Format.decimal(tick, digits: tick < 10 ? 1 : 0), x: frame.left - 9, y: y + 4,
        anchor: "end", style: "label")
    }
    svg.line(from: (frame.left, frame.bottom), to: (frame.right, frame.bottom), style: "axis")
    svg.line(from: (frame.left, frame.top), to: (frame.left, frame.bottom), style: "axis")
    svg.text(
      "footprint: peak resident bytes for each byte alive", x: (frame.left + frame.right) / 2,
      y: frame.bottom + 38, anchor: "middle", style: "label")
    svg.text("ns an event", x: frame.left - 54, y: frame.top - 14, anchor: "start", style: "label")
  }
}
