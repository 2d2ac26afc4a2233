// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A rectangle of a chart.
package struct ChartBox: Equatable, Sendable {
  /// The left edge.
  package var left: Double
  /// The upper edge.
  package var top: Double
  /// The right edge.
  package var right: Double
  /// The lower edge.
  package var bottom: Double

  /// Makes a rectangle.
  package init(left: Double, top: Double, right: Double, bottom: Double) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// Makes a rectangle around a point.
  init(x: Double, y: Double, width: Double, height: Double) {
    self.init(
      left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2)
  }

  /// Whether both have some area in common.
  package func overlaps(_ other: ChartBox) -> Bool {
    left < other.right && other.left < right && top < other.bottom && other.top < bottom
  }

  /// The area that both have in common.
  func sharedArea(with other: ChartBox) -> Double {
    max(0, min(right, other.right) - max(left, other.left))
      * max(0, min(bottom, other.bottom) - max(top, other.top))
  }

  /// Whether all of the other is in this one.
  package func contains(_ other: ChartBox) -> Bool {
    left <= other.left && other.right <= right && top <= other.top && other.bottom <= bottom
  }
}

/// Finds room for labels beside their points.
package struct ChartLabels: Sendable {
  /// How high a line of a label is.
  package static let height = 13.0

  private let bounds: ChartBox
  private var taken: [ChartBox] = []

  /// Labels within these bounds.
  package init(bounds: ChartBox) {
    self.bounds = bounds
  }

  /// How wide a label will be at most, in a usual font.
  package static func width(of text: String) -> Double {
    Double(text.count) * 6.6
  }

  /// Keeps labels off a rectangle.
  package mutating func avoid(_ box: ChartBox) {
    taken.append(box)
  }

  /// Keeps labels off a straight line.
  package mutating func avoidLine(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double)
  ) {
    let length = max((end.x - start.x).magnitude, (end.y - start.y).magnitude)
    let count = max(1, Int(length / 4))
    for step in 0...count {
      let share = Double(step) / Double(count)
      avoid(
        ChartBox(
          x: start.x + share * (end.x - start.x), y: start.y + share * (end.y - start.y),
          width: 3, height: 3))
    }
  }

  /// Finds the nearest free place for a label of the point at (`x`, `y`), and takes it.
  ///
  /// Where all places are taken the label goes to the one within the bounds where it covers least.
  package mutating func place(_ text: String, x: Double, y: Double) -> ChartBox {
    let width = ChartLabels.width(of: text)
    var best: (box: ChartBox, covered: Double)?
    for distance in [8.0, 14, 22, 34, 48, 64, 84, 108, 140, 180] {
      for (right, down) in [
        (1.0, 0.0), (0, -1), (-1, 0), (0, 1), (0.8, -0.8), (0.8, 0.8), (-0.8, -0.8), (-0.8, 0.8),
        (0.4, -1), (0.4, 1), (-0.4, -1), (-0.4, 1),
      ] {
        let box = ChartBox(
          x: x + right * (distance + width / 2), y: y + down * (distance + ChartLabels.height / 2),
          width: width, height: ChartLabels.height)
        guard bounds.contains(box) else { continue }
        let covered = taken.reduce(0) { $0 + $1.sharedArea(with: box) }
        if covered < best?.covered ?? .infinity { best = (box, covered) }
        if covered > 0 { continue }
        taken.append(box)
        return box
      }
    }
    let box = best?.box ?? ChartBox(x: x, y: y, width: width, height: ChartLabels.height)
    taken.append(box)
    return box
  }
}
