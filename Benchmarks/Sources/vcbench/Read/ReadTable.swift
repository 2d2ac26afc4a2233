// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The result for people.
package enum ReadTable {
  private static let alignments: [TextTable.Alignment] =
    [.left] + Array(repeating: .right, count: 9)

  /// The lines.
  package static func text(_ result: ReadResult) -> String {
    let heading = [
      "way", "MB/s", "least ... most", "pages/s", "ratio", "work/page", "mean", "from below",
      "recycled", "preadv",
    ]
    let rows = result.rows.map { cells($0, result) }
    let table = TextTable(alignments: alignments, rows: [heading] + rows).text()
    return (self.heading(result) + ["", table, ""] + conclusion(result)).joined(separator: "\n")
  }

  private static func heading(_ result: ReadResult) -> [String] {
    let options = result.options
    let time = Format.duration(nanoseconds: Double(options.nanoseconds))
    var lines = [
      HostFacts.current().text,
      "\(Format.count(options.rounds, "round")) of \(time) for each way, in turn; medians",
      "\(Format.count(options.depth, "request")) of \(Format.count(options.pages, "page")) "
        + "in flight; \(Format.count(options.readers, "reader")), "
        + Format.count(options.hashers, "hasher"),
    ]
    lines += Build.remarks()
    let files = result.job.files
    for (file, size) in zip(files, result.job.plan.sizes).prefix(8) {
      lines.append("\(file.path): \(Format.size(size))")
    }
    if files.count > 8 {
      lines.append(
        "and \(Format.count(files.count - 8, "file")) more: "
          + "\(Format.size(result.job.plan.byteCount)) in all")
    }
    return lines
  }

  private static func cells(_ row: ReadRow, _ result: ReadResult) -> [String] {
    let rate = row.spread { $0.bytesPerSecond / 1e6 }
    let recycled = row.spread { $0.recyclingRate.map { $0 * 100 } }
    return [
      row.way.summary,
      Format.decimal(rate.median, digits: 0),
      "\(Format.decimal(rate.least, digits: 0)) ... \(Format.decimal(rate.most, digits: 0))",
      Quantity.rate.text(row.spread(\.pagesPerSecond).median),
      result.ratio(row).map { Format.decimal($0, digits: 2) } ?? "-",
      Format.decimal(row.spread(\.workPerPage).median, digits: 1) + " ns",
      Format.decimal(row.spread(\.meanWorkPerPage).median, digits: 1) + " ns",
      Format.decimal(row.spread { Double($0.fromBelow) }.median, digits: 0),
      recycled.map { Format.decimal($0.median, digits: 1) + " %" } ?? "-",
      Format.decimal(row.spread { $0.readingShare * 100 }.median, digits: 1) + " %",
    ]
  }

  private static func conclusion(_ result: ReadResult) -> [String] {
    let hash = Format.hash(result.job.hash)
    guard result.violations.isEmpty else { return ["Plain pread found the hash \(hash)."] }
    return [
      "Hash \(hash), the same for all ways and by plain pread; all pages came back."
    ]
  }
}

extension Format {
  /// A hash of 64 bits in 16 digits.
  static func hash(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
