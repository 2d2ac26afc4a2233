// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension ArenaCensus: CustomStringConvertible {
  /// A table for people, a line for each label and place.
  ///
  /// The wording may change; programs read the properties.
  public var description: String { table(rows.count) }

  /// The first rows as a table, and how many there are more.
  func table(_ count: Int) -> String {
    let head = [
      "blocks", "asked", "held", "stitched", "runs", "oldest", "youngest", "allocated", "stitches",
      "refused",
    ]
    var lines = [head.map { $0.right(11) }.joined() + "  label"]
    for row in rows.prefix(count) {
      lines.append(row.columns.map { $0.right(11) }.joined() + "  " + row.title)
      if let scarcity = row.scarcity { lines.append("  " + scarcity.text) }
    }
    if rows.count > count { lines.append("  and \(rows.count - count) more") }
    if isEstimate { lines.append("  blocks, bytes, runs and allocations are estimates") }
    if unlisted > 0 { lines.append("  \(unlisted) blocks found no room in the list") }
    return lines.joined(separator: "\n")
  }
}

extension ArenaCensus.Row {
  fileprivate var columns: [String] {
    [
      String(blocks), asked.inMebibytes, held.inMebibytes, stitched.inMebibytes, String(runs),
      Self.text(oldest), Self.text(youngest), String(allocations), String(stitches),
      String(refusals),
    ]
  }

  private static func text(_ age: Duration?) -> String {
    age.map { String($0.components.seconds) + " s" } ?? "-"
  }
}

extension ArenaCensus.Scarcity {
  fileprivate var text: String {
    "\(isRefusal ? "refused" : "stitched") \(age.components.seconds) s ago: \(free) free, "
      + "the longest run \(longestRun), unusable for order \(order): "
      + inPercent(unusableFreeSpaceIndex)
  }
}
