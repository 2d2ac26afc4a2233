// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What stands above the plots of a chart: its title, the machine, and what the marks mean.
///
/// Lines are broken where the picture ends, so that all of it is inside, however narrow that is.
struct ChartHeader {
  /// A mark and its meaning.
  struct Entry {
    /// What it means.
    let text: String
    /// The style of the text.
    var style = "label"
    /// Draws the mark with its middle at a point, ``ChartHeader/markWidth`` wide at most.
    let mark: (inout SVGText, (x: Double, y: Double)) -> Void
  }

  static let markWidth = 28.0

  private static let margin = 16.0
  private static let gap = 20.0
  private static let rowHeight = 18.0

  private let title: String
  private let lines: [String]
  private let rows: [[Entry]]

  /// How high it is.
  let height: Double

  /// Lays it out.
  ///
  /// - Parameters:
  ///   - title: what the chart shows.
  ///   - facts: the machine, in phrases that commas split.
  ///   - entries: what the marks mean.
  ///   - width: that of the picture.
  init(_ title: String, facts: String, _ entries: [Entry], width: Double) {
    let room = width - 2 * Self.margin
    self.title = title
    lines = Self.lines(facts, room)
    var rows: [[Entry]] = []
    var left = 0.0
    for entry in entries {
      if rows.isEmpty || Self.width(of: entry) > left {
        rows.append([])
        left = room
      }
      rows[rows.count - 1].append(entry)
      left -= Self.width(of: entry) + Self.gap
    }
    self.rows = rows
    height = 34 + 15 * Double(lines.count) + Self.rowHeight * Double(rows.count)
  }

  /// Draws it at the upper left corner.
  func draw(into svg: inout SVGText) {
    svg.text(title, x: Self.margin, y: 22, anchor: "start", style: "title")
    var y = 40.0
    for line in lines {
      svg.text(line, x: Self.margin, y: y, anchor: "start", style: "label")
      y += 15
    }
    y += 4
    for row in rows {
      var x = Self.margin
      for entry in row {
        entry.mark(&svg, (x + Self.markWidth / 2, y - 4))
        svg.text(
          entry.text, x: x + Self.markWidth + 6, y: y, anchor: "start", style: entry.style)
        x += Self.width(of: entry) + Self.gap
      }
      y += Self.rowHeight
    }
  }

  private static func width(of entry: Entry) -> Double {
    markWidth + 6 + ChartLabels.width(of: entry.text)
  }

  /// Breaks a text behind commas.
  private static func lines(_ text: String, _ room: Double) -> [String] {
    var lines: [String] = []
    for phrase in text.split(separator: ", ") {
      if let last = lines.last, ChartLabels.width(of: "\(last), \(phrase)") <= room {
        lines[lines.count - 1] = "\(last), \(phrase)"
      } else {
        lines.append(String(phrase))
      }
    }
    return lines
  }
}
