// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The tables of a benchmark for people, printed as they grow.
package struct BenchTable {
  private static let leastWidths = [30, 29, 10, 25, 14]
  static let alignments: [TextTable.Alignment] = [.left, .left, .right, .right, .right]

  private var group: BenchGroup?
  private var widths = leastWidths

  /// The longest name of a case.
  private let nameWidth: Int

  /// Nothing printed yet of these cases.
  package init(_ cases: [BenchCase] = []) {
    nameWidth = cases.map(\.name.count).max() ?? 0
  }

  /// The lines above all tables.
  ///
  /// - Parameters:
  ///   - options: what was asked for.
  ///   - peers: the mallocs; nil where no case needs them.
  /// - Returns: the lines.
  package static func heading(_ options: BenchOptions, peers: PeerSearch?) -> String {
    ([HostFacts.current().text] + method(options, peers: peers)).joined(separator: "\n")
  }

  /// How the figures were made.
  static func method(_ options: BenchOptions, peers: PeerSearch?) -> [String] {
    let time = Format.duration(nanoseconds: Double(options.nanoseconds))
    var lines = [
      "\(Format.count(options.rounds, "round")), \(time) for each measurement, in turn; "
        + "seed \(options.seed); median, and least ... most"
    ]
    if let peers {
      lines.append(
        "Peers: "
          + peers.peers.map { peer in peer.library.map { "\(peer.name) (\($0))" } ?? peer.name }
          .joined(separator: ", "))
      lines += peers.absences
    }
    lines += Build.remarks()
    if CompoundAllocator.isFallbackAlways {
      lines.append("Arenas that are measured here stitch only when they have to, all the same.")
    }
    if options.meansAll, options.profiles.isEmpty {
      lines.append("No fleetbench cases: --fleetbench FILE.csv gives one")
    }
    if options.meansAll, options.traces.isEmpty {
      lines.append("No cases of traces: --trace FILE gives one")
    }
    return lines
  }

  /// The headings of a group's table.
  static func headings(_ group: BenchGroup) -> [String] {
    ["case", "", "median", "least ... most", group.ratioHeading]
  }

  /// The cells of a case.
  static func rows(_ benchCase: BenchCase, _ result: BenchResult) -> [[String]] {
    result.rows.enumerated().map { index, row in
      let least = row.quantity.text(row.spread.least)
      let most = row.quantity.text(row.spread.most)
      return [
        index == 0 ? benchCase.name : "", row.contender, row.quantity.text(row.spread.median),
        "\(least) ... \(most)", row.ratio.map(Self.ratio) ?? "",
      ]
    }
  }

  /// The lines of a case, below the heading of its table where that is a new one.
  package mutating func text(_ benchCase: BenchCase, _ result: BenchResult) -> String {
    let rows = Self.rows(benchCase, result)
    var lines: [String] = []
    if group != benchCase.group {
      group = benchCase.group
      // The other cases of a table have the same contenders.
      widths = Self.leastWidths.indices.map { column in
        max(Self.leastWidths[column], rows.map { $0[column].count }.max() ?? 0)
      }
      widths[0] = max(widths[0], nameWidth)
      lines += [
        "", benchCase.group.title,
        line(Self.headings(benchCase.group)),
      ]
    }
    lines += rows.map(line)
    return (lines + result.notes.map { "  \($0)" }).joined(separator: "\n")
  }

  private static func ratio(_ value: Double) -> String {
    Format.decimal(value, digits: value > 0 && value < 0.1 ? 3 : 2)
  }

  private func line(_ cells: [String]) -> String {
    TextTable.line(cells, widths: widths, alignments: Self.alignments)
  }
}
