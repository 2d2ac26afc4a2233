// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a replay as a page.
enum ReplayPage {
  /// How often the table of moments has one.
  private static let step = 6

  /// The page.
  static func page(_ report: ReplayReport, _ film: ReplayFilm) -> HTMLPage {
    let result = report.result
    var page = HTMLPage(
      "\(result.traceName) replayed on \(result.options.backend.rawValue)")
    page.paragraph(report.conclusion, isStrong: true)
    page.table(report.table, "The replay", hasHeadings: false)
    page.heading("Memory over time")
    page.figures([memory(film, result)] + stitched(film), memoryCaption(result))
    page.table(moments(film), "The moments, every \(step)th of them")
    if let arena = film.arena {
      page.heading("The arena over time")
      page.add(arena)
      page.table(arena.table(step: step), "What the arena held, every \(step)th moment")
    }
    if let latencies = latencies(result) {
      page.heading("Latency of requests")
      page.figures([chart(latencies)], "How long the slowest requests took; the rest was faster.")
      page.table(table(latencies), "Latency of requests, by percentile")
    }
    return page
  }

  private static func memoryCaption(_ result: ReplayResult) -> String {
    "One replay more, on an allocator of its own: resident memory (page tables too) beside what the "
      + "program has alive" + (result.capacity == nil ? "." : ", and the arena's capacity.")
  }

  private static func memory(_ film: ReplayFilm, _ result: ReplayResult) -> SVGText {
    func series(
      _ name: String, _ style: String, _ value: (ReplayFilm.Moment) -> Int
    ) -> LineChart.Series {
      LineChart.Series(
        name: name, style: "series \(style)",
        points: film.moments.map { moment in
          LineChart.Point(x: Double(moment.event), y: Double(value(moment)) / 0x1p20)
        })
    }
    var all = [
      series("resident", "thick colour0") { $0.resident }, series("alive", "colour2") { $0.live },
    ]
    if let capacity = result.capacity {
      all.append(series("capacity", "colour1 dash1") { _ in capacity })
    }
    return LineChart(
      title: "Memory in MiB, by event", series: all, x: events,
      y: LineChart.Axis(kind: .linear) { Format.decimal($0, digits: $0 < 10 ? 1 : 0) },
      moments: film.moments.map { moment in
        told(
          moment,
          "\(Format.size(moment.resident)) resident, \(Format.size(moment.live)) alive")
      }
    ).drawing
  }

  /// The share of the requests so far that were stitched, of an allocator that stitches.
  private static func stitched(_ film: ReplayFilm) -> [SVGText] {
    let points = film.moments.compactMap { moment in
      moment.stitchedShare.map { LineChart.Point(x: Double(moment.event), y: $0 * 100) }
    }
    guard !points.isEmpty else { return [] }
    return [
      LineChart(
        title: "Stitched so far, in % of the requests, by event",
        series: [LineChart.Series(name: "stitched", style: "series colour1", points: points)],
        x: events, y: LineChart.Axis(kind: .linear) { Format.decimal($0, digits: $0 < 10 ? 1 : 0) },
        moments: film.moments.map { told($0, "\(share($0)) stitched so far") }
      ).drawing
    ]
  }

  private static func told(_ moment: ReplayFilm.Moment, _ what: String) -> LineChart.Moment {
    LineChart.Moment(
      x: Double(moment.event), about: "event \(Format.count(moment.event)): \(what)")
  }

  private static func share(_ moment: ReplayFilm.Moment) -> String {
    moment.stitchedShare.map { Format.percent(Int($0 * 1e6), of: 1_000_000) } ?? "-"
  }

  private static var events: LineChart.Axis {
    LineChart.Axis(kind: .linear) { Format.count(Int($0)) }
  }

  private static func moments(_ film: ReplayFilm) -> TextTable {
    let chosen = film.moments.enumerated().filter { number, _ in
      number % step == 0 || number == film.moments.count - 1
    }.map(\.element)
    let rows = chosen.map { moment in
      [
        Format.count(moment.event), Format.duration(nanoseconds: Double(moment.time)),
        Format.size(moment.live), Format.size(moment.resident),
        share(moment),
      ]
    }
    return TextTable(
      alignments: [TextTable.Alignment](repeating: .right, count: 5),
      rows: [["event", "of the program", "alive", "resident", "stitched so far"]] + rows)
  }

  private typealias Latencies = (name: String, summary: LatencySummary)

  private static func latencies(_ result: ReplayResult) -> [Latencies]? {
    let all = [
      result.first.latency.map { ("first pass", $0) },
      result.steady.map { ("steady state", $0.latency) },
    ].compactMap(\.self)
    return all.isEmpty ? nil : all
  }

  private static let percentiles = ["50 %", "99 %", "99.9 %", "longest"]

  private static func values(_ summary: LatencySummary) -> [Int] {
    [summary.p50, summary.p99, summary.p999, summary.max]
  }

  private static func chart(_ latencies: [Latencies]) -> SVGText {
    let series = latencies.enumerated().map { number, one in
      LineChart.Series(
        name: one.name, style: "series colour\(number)",
        points: values(one.summary).enumerated().map { place, value in
          let time = Format.duration(nanoseconds: Double(value))
          return LineChart.Point(
            x: Double(place), y: Double(max(1, value)),
            about: "\(one.name), \(percentiles[place]): \(time)")
        })
    }
    return LineChart(
      title: "Latency of requests, by percentile", series: series,
      x: LineChart.Axis(kind: .places) { percentiles[Int($0)] },
      y: LineChart.Axis(kind: .logarithmic) { Format.duration(nanoseconds: $0) }
    ).drawing
  }

  private static func table(_ latencies: [Latencies]) -> TextTable {
    TextTable(
      alignments: [.left] + percentiles.map { _ in .right },
      rows: [["requests"] + percentiles]
        + latencies.map { one in
          [one.name] + values(one.summary).map { Format.duration(nanoseconds: Double($0)) }
        })
  }
}
