// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A benchmark's result as a page.
package enum BenchPage {
  /// The page.
  ///
  /// - Parameters:
  ///   - options: what was asked for.
  ///   - peers: the mallocs; nil where no case needs them.
  ///   - results: the cases, in order.
  /// - Returns: the page.
  package static func page(
    _ options: BenchOptions, peers: PeerSearch?, _ results: [(BenchCase, BenchResult)]
  ) -> HTMLPage {
    var page = HTMLPage("What single operations of VCompound cost, beside others")
    page.list(BenchTable.method(options, peers: peers))
    if var chart = AllocfreeChart.chart(results.map { ($0.0.name, $0.1) }) {
      // Narrow enough to be read on a telephone.
      chart.width = LineChart.pageWidth
      chart.title = "Allocate and free one block, in ns, by size"
      page.figures(
        [chart.drawing], "Each curve is one contender. The figures are in the table below.")
    }
    var rest = results[...]
    while let group = rest.first?.0.group {
      let part = rest.prefix { $0.0.group == group }
      rest = rest.dropFirst(part.count)
      page.heading(group.title)
      page.table(
        TextTable(
          alignments: BenchTable.alignments,
          // Each row has its name, for those who hear it read.
          rows: [BenchTable.headings(group)]
            + part.flatMap { one in
              BenchTable.rows(one.0, one.1).map { [one.0.name] + $0.dropFirst() }
            }),
        group.rawValue)
      page.list(part.flatMap { one in one.1.notes.map { "\(one.0.name): \($0)" } })
    }
    return page
  }
}
