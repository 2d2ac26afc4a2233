// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A drawing, element by element.
struct SVGText {
  /// Works in light and in dark; without a reader of media queries it is light.
  static let styles = """
    text { font: 11px system-ui, sans-serif; fill: #24292f }
    .title { font-size: 13px; font-weight: 600 }
    .ground { fill: #ffffff }
    .grid { stroke: #d8dee4; stroke-width: 1 }
    .axis { stroke: #57606a; stroke-width: 1 }
    .tie { stroke: #8c959f; stroke-width: 0.8 }
    .curve { stroke: #0969da; stroke-width: 2; stroke-linecap: round }
    .ours { fill: #0969da }
    .refusing { fill: #ffffff; stroke: #0969da; stroke-width: 2 }
    .ours-label { fill: #0550ae }
    .peer { fill: #bc4c00 }
    .series { stroke-width: 1.8; fill: none; stroke-linecap: round }
    .thick { stroke-width: 3.2 }
    .dot { fill: #ffffff }
    .strip { fill: #8c959f; fill-opacity: 0 }
    .strip:hover { fill-opacity: 0.25 }
    .colour0 { stroke: #0969da }
    .colour1 { stroke: #bc4c00 }
    .colour2 { stroke: #1a7f37 }
    .colour3 { stroke: #8250df }
    .colour4 { stroke: #bf3989 }
    .colour5 { stroke: #6e7781 }
    .colour6 { stroke: #9a6700 }
    .dash1 { stroke-dasharray: 7 4 }
    .dash2 { stroke-dasharray: 2 4 }
    .dash3 { stroke-dasharray: 10 4 2 4 }
    .dash4 { stroke-dasharray: 14 5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .ground { fill: #0d1117 }
      .grid { stroke: #262c34 }
      .axis { stroke: #8b949e }
      .tie { stroke: #6e7681 }
      .curve { stroke: #58a6ff }
      .ours { fill: #58a6ff }
      .refusing { fill: #0d1117; stroke: #58a6ff }
      .ours-label { fill: #79c0ff }
      .peer { fill: #f0883e }
      .dot { fill: #0d1117 }
      .colour0 { stroke: #58a6ff }
      .colour1 { stroke: #f0883e }
      .colour2 { stroke: #3fb950 }
      .colour3 { stroke: #bc8cff }
      .colour4 { stroke: #f778ba }
      .colour5 { stroke: #8b949e }
      .colour6 { stroke: #d29922 }
    }
    """

  private let width: Double
  private let height: Double
  private let title: String
  private var elements: [String] = []

  /// Begins a drawing of this size, in pixels.
  init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  /// The whole file.
  var text: String {
    let head = [
      opening, "<title>\(Markup.escaped(title))</title>", "<style>\n\(SVGText.styles)\n</style>",
      "<rect class=\"ground\" width=\"\(number(width))\" height=\"\(number(height))\"/>",
    ]
    return (head + elements + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// The drawing as part of a page that has the styles and the ground.
  ///
  /// Its title is a label: as an element it would show wherever the mouse is.
  var inline: String {
    let label = "aria-label=\"\(Markup.escaped(title))\">"
    return ([opening.dropLast() + " " + label] + elements + ["</svg>"]).joined(separator: "\n")
  }

  private var opening: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
      + "width=\"\(number(width))\" height=\"\(number(height))\" role=\"img\">"
  }

  mutating func text(_ text: String, x: Double, y: Double, anchor: String, style: String) {
    elements.append(
      "<text class=\"\(style)\" x=\"\(number(x))\" y=\"\(number(y))\" "
        + "text-anchor=\"\(anchor)\">\(Markup.escaped(text))</text>")
  }

  mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), style: String
  ) {
    elements.append(
      "<line class=\"\(style)\" x1=\"\(number(start.x))\" y1=\"\(number(start.y))\" "
        + "x2=\"\(number(end.x))\" y2=\"\(number(end.y))\"/>")
  }

  /// Draws lines from point to point.
  mutating func polyline(_ points: [(x: Double, y: Double)], style: String) {
    let list = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
    elements.append("<polyline class=\"\(style)\" points=\"\(list)\"/>")
  }

  mutating func circle(
    at center: (x: Double, y: Double), radius: Double, style: String, _ about: String? = nil
  ) {
    elements.append(
      "<circle class=\"\(style)\" cx=\"\(number(center.x))\" cy=\"\(number(center.y))\" "
        + "r=\"\(number(radius))\">\(tooltip(about))</circle>")
  }

  mutating func square(
    at center: (x: Double, y: Double), side: Double, style: String, _ about: String? = nil
  ) {
    elements.append(
      "<rect class=\"\(style)\" x=\"\(number(center.x - side / 2))\" "
        + "y=\"\(number(center.y - side / 2))\" width=\"\(number(side))\" "
        + "height=\"\(number(side))\">\(tooltip(about))</rect>")
  }

  /// Draws a rectangle that is seen where a mouse is, with what it says there.
  mutating func strip(_ box: ChartBox, _ about: String) {
    elements.append(
      "<rect class=\"strip\" x=\"\(number(box.left))\" y=\"\(number(box.top))\" "
        + "width=\"\(number(box.right - box.left))\" height=\"\(number(box.bottom - box.top))\">"
        + "\(tooltip(about))</rect>")
  }

  private func tooltip(_ about: String?) -> String {
    about.map { "<title>\(Markup.escaped($0))</title>" } ?? ""
  }

  /// A coordinate, to a tenth of a pixel.
  private func number(_ value: Double) -> String {
    precondition(value.isFinite, "a coordinate is not finite")
    return "\((value * 10).rounded() / 10)"
  }
}
