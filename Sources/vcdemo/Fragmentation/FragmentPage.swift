// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The demo's result as a page.
enum FragmentPage {
  static func page(_ result: FragmentResult, _ film: ArenaFilm) -> HTMLPage {
    var page = HTMLPage("How much of fragmented memory is usable")
    page.paragraph(
      FragmentTable.introduction(
        result.options, blocks: result.blockCount, freed: result.freedCount,
        freeBytes: result.freeBytes))
    page.paragraph(FragmentTable.outcome(result), isStrong: true)
    page.figures(
      [chart(result)],
      "The share of the free memory that can be had as buffers of each size: by a classic buddy, by "
        + "placement in any contiguous run, and by VCompound, which really served, wrote and "
        + "checked them.")
    page.table(
      TextTable(
        alignments: FragmentTable.alignments,
        rows: [FragmentTable.headings] + result.rows.map(FragmentTable.cells)),
      "Availability by size")
    page.heading("The arena over time")
    page.add(film)
    page.table(film.table(), "What the arena held")
    return page
  }

  private static func chart(_ result: FragmentResult) -> SVGText {
    func series(
      _ name: String, _ style: String, _ count: (Usability) -> Int
    ) -> LineChart.Series {
      LineChart.Series(
        name: name, style: "series \(style)",
        points: result.applicableRows.map { row in
          let share = Format.percent(count(row), of: row.possible)
          return LineChart.Point(
            x: Double(row.byteCount), y: 100 * Double(count(row)) / Double(row.possible),
            about: "\(name), buffers of \(Format.size(row.byteCount)): \(share)")
        })
    }
    return LineChart(
      title: "Usable free memory in %, by the size of a buffer", width: 420,
      series: [
        series("VCompound", "thick colour0") { $0.compound },
        series("any run", "colour2") { $0.anyRun },
        series("buddy", "colour1") { $0.buddy },
      ],
      x: LineChart.Axis(kind: .sizes) { Format.size(Int($0)) },
      y: LineChart.Axis(kind: .linear) { Format.decimal($0, digits: 0) }
    ).drawing
  }
}
