// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The demo's table and its conclusion, for people.
package enum FragmentTable {
  private static let widths = [7, 8, 8, 8, 9]
  static let alignments = [TextTable.Alignment](repeating: .right, count: 5)

  static let headings = ["size", "buffers", "buddy", "any run", "VCompound"]

  /// The lines above the rows.
  package static func heading(
    _ options: FragmentOptions, blocks: Int, freed: Int, freeBytes: Int
  ) -> String {
    let text = introduction(options, blocks: blocks, freed: freed, freeBytes: freeBytes)
    return (Build.stitching() + [Paragraph.wrapped(text), "", line(headings)])
      .joined(separator: "\n")
  }

  /// What the demo did, and what it asks.
  static func introduction(
    _ options: FragmentOptions, blocks: Int, freed: Int, freeBytes: Int
  ) -> String {
    "An arena of \(Format.size(options.size)), filled with \(Format.count(blocks, "block")) of "
      + "\(Format.size(options.block))\(whole(options)), of which \(Format.count(freed)) were "
      + "freed at random (seed \(options.seed)). \(Format.size(freeBytes)) are free. How much of "
      + "that can be had as buffers of one size?"
  }

  /// What a block takes, where that is more.
  private static func whole(_ options: FragmentOptions) -> String {
    let bytes = options.blockPages * LivePeak.pageSize
    return bytes == options.block ? "" : " (\(Format.size(bytes)) in whole pages)"
  }

  /// The line of one size.
  package static func row(_ row: Usability) -> String {
    var text = line(cells(row))
    guard row.isApplicable else { return text }
    if row.damaged > 0 { text += "  \(Format.count(row.damaged, "damaged buffer"))" }
    if row.compound < row.possible {
      text += row.metMappingLimit ? "  mapping limit met" : "  " + (row.refusal ?? "")
    }
    return text
  }

  /// The figures of one size.
  static func cells(_ row: Usability) -> [String] {
    guard row.isApplicable else { return [Format.size(row.byteCount), "-", "-", "-", "-"] }
    return [
      Format.size(row.byteCount), Format.count(row.possible),
      Format.percent(row.buddy, of: row.possible), Format.percent(row.anyRun, of: row.possible),
      Format.percent(row.compound, of: row.possible),
    ]
  }

  /// The lines that say what was shown, and what to do next.
  package static func conclusion(_ result: FragmentResult) -> String {
    let next = "\nNext: vcdemo replay Tests/Traces/numpy.trace --budget 1.00 --verify"
    return Paragraph.wrapped(outcome(result)) + (result.isWhole ? next : "")
  }

  /// What was shown.
  static func outcome(_ result: FragmentResult) -> String {
    if let short = result.applicableRows.first(where: { !$0.isWhole }) {
      return failure(result, reason(short))
    }
    guard let largest = result.largest, let top = result.applicableRows.last else {
      return failure(result, "no buffer of all the free memory: \(result.largestRefusal ?? "")")
    }
    if !largest.isIntact { return failure(result, "the largest buffer did not keep its pattern") }
    if result.damagedSurvivors > 0 {
      let count = Format.count(result.damagedSurvivors, "block")
      return failure(result, "\(count) in use lost a stamp")
    }
    let size = Format.size(top.byteCount)
    let buddy = Format.percent(top.buddy, of: top.possible)
    let time = Format.duration(nanoseconds: Double(largest.nanoseconds))
    return "\(Format.size(result.freeBytes)) free in \(Format.count(largest.freeRuns, "run")), "
      + "largest \(Format.size(largest.longestRun)): buddy can serve \(buddy) of it as \(size) "
      + "buffers, VCompound 100 %; one buffer of \(Format.size(largest.byteCount)) "
      + "\(origin(largest)) in \(time), written and checked."
  }

  private static func origin(_ largest: LargestBuffer) -> String {
    if largest.isExchanged { return "in one run, exchanged" }
    return largest.runs == 1
      ? "in one run" : "stitched from \(Format.count(largest.runs, "run"))"
  }

  private static func reason(_ row: Usability) -> String {
    let size = Format.size(row.byteCount)
    if row.damaged > 0 {
      return "\(Format.count(row.damaged, "buffer")) of \(size) shared memory with another"
    }
    let served =
      "VCompound served \(Format.percent(row.compound, of: row.possible)) of the "
      + "memory as \(size) buffers"
    guard row.metMappingLimit else { return "\(served): \(row.refusal ?? "")" }
    return "\(served): the mapping limit was met (raise vm.max_map_count, or use a smaller "
      + "--size or a larger --block)"
  }

  private static func failure(_ result: FragmentResult, _ reason: String) -> String {
    "FAILED with \(Format.size(result.freeBytes)) free: \(reason)."
  }

  private static func line(_ cells: [String]) -> String {
    TextTable.line(cells, widths: widths, alignments: alignments)
  }
}
