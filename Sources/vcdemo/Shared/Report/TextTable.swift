// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Rows of cells, set in columns.
package struct TextTable: Sendable {
  /// Where a cell stands in its column.
  package enum Alignment: Sendable {
    /// Text.
    case left
    /// Numbers.
    case right
  }

  /// One alignment for each column.
  package let alignments: [Alignment]

  /// The cells, row by row.
  package let rows: [[String]]

  /// Makes a table.
  package init(alignments: [Alignment], rows: [[String]]) {
    self.alignments = alignments
    self.rows = rows
  }

  /// The lines, with two spaces between the columns and none at the end of a line.
  package func text(indentation: Int = 0) -> String {
    let widths = alignments.indices.map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      String(repeating: " ", count: indentation)
        + TextTable.line(row, widths: widths, alignments: alignments)
    }.joined(separator: "\n")
  }

  /// One line of cells in columns of given widths, for tables that are printed as they grow.
  package static func line(
    _ cells: [String], widths: [Int], alignments: [Alignment]
  ) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
      line += column == 0 ? "" : "  "
      line += alignments[column] == .left ? cell + padding : padding + cell
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
