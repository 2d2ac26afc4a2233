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
    chart(results, facts: host.text)?.drawing.text
  }

  /// The chart; nil where no case of one thread was run.
  static func chart(
    _ results: [(name: String, result: BenchResult)], facts: String = ""
  ) -> LineChart? {
    let curves = curves(results)
    guard curves.contains(where: { !$0.points.isEmpty }) else { return nil }
    let series = zip(curves, styles(of: curves.map(\.name))).map { one, style in
      LineChart.Series(
        name: one.name, style: style,
        points: one.points.map {
          LineChart.Point(x: Double($0.byteCount), y: $0.nanoseconds)
        })
    }
    return LineChart(
      title: title, facts: facts, width: width, plotHeight: plotHeight, series: series,
      x: LineChart.Axis(kind: .sizes) { size in
        size < 1024 ? "\(Int(size))" : Format.size(Int(size))
      },
      y: LineChart.Axis(kind: .logarithmic) { Format.decimal($0, digits: $0 < 10 ? 1 : 0) },
      moments: moments(curves))
  }

  /// The figures of all curves at each size.
  private static func moments(_ curves: [Series]) -> [LineChart.Moment] {
    let sizes = Set(curves.flatMap { $0.points.map(\.byteCount) }).sorted()
    return sizes.map { size in
      let figures = curves.compactMap { curve in
        curve.points.first { $0.byteCount == size }.map {
          "\n\(curve.name): \(Format.decimal($0.nanoseconds, digits: 1)) ns"
        }
      }
      return LineChart.Moment(x: Double(size), about: Format.size(size) + figures.joined())
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
