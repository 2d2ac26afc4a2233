// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of all ways and workloads.
package struct ReceiveResult: Sendable {
  /// A way with a workload.
  package struct Entry: Equatable, Sendable {
    package let workload: Receive.Workload
    package let way: PageWayName
  }

  package let options: ReceiveOptions
  package let entries: [Entry]
  /// For every entry, its figures in the order of the rounds.
  package let figures: [[ReceiveFigures]]

  /// What was wrong, or nil.
  package var complaint: String? {
    for (entry, rounds) in zip(entries, figures) {
      let what = "\(entry.way.rawValue), \(entry.workload.rawValue)"
      let damaged = rounds.reduce(0) { $0 + $1.damaged }
      if damaged > 0 { return "\(what): \(Format.count(damaged, "datagram")) damaged" }
      let out = rounds.reduce(0) { $0 + $1.pagesOut }
      if out > 0 { return "\(what): \(Format.count(out, "page")) still out at the end" }
      if rounds.contains(where: { $0.datagrams == 0 }) { return "\(what): nothing came" }
    }
    return nil
  }

  /// The median rate of an entry over that of page by page with the same workload.
  package func ratio(_ index: Int) -> Double? {
    let base = Entry(workload: entries[index].workload, way: .frames)
    guard let other = entries.firstIndex(of: base) else { return nil }
    return rate(index).median / rate(other).median
  }

  private func rate(_ index: Int) -> Spread { Spread(figures[index].map(\.rate)) }

  private func median(_ index: Int, _ figure: (ReceiveFigures) -> Double) -> Double {
    Spread(figures[index].map(figure)).median
  }

  /// The report for people.
  package var text: String {
    let heading = [
      "pages", "datagrams/s", "least", "most", "/ page by page", "socket", "page work",
      "from below", "recycled", "lost",
    ]
    var lines = [
      "Datagrams of \(options.byteCount) bytes, up to \(options.batch) in a call; "
        + Format.count(options.rounds, "round") + ", medians"
    ]
    for workload in Receive.Workload.allCases {
      let rows = entries.indices.filter { entries[$0].workload == workload }.map(row)
      guard !rows.isEmpty else { continue }
      let table = TextTable(
        alignments: [.left] + Array(repeating: .right, count: heading.count - 1),
        rows: [heading] + rows)
      lines.append("")
      lines.append(
        workload == .router
          ? "Router: every page is let go of at once"
          : "Host: \(Format.percent(options.keptMillionths, of: 1_000_000)) of the pages are kept "
            + "for a while")
      lines.append(table.text(indentation: 2))
    }
    lines.append("")
    lines.append(
      "socket: the share of recvmmsg in the receiver's time, but for waiting; page work: taking "
        + "a page and letting go of it, both threads together")
    return lines.joined(separator: "\n")
  }

  private func row(_ index: Int) -> [String] {
    let rate = rate(index)
    let all = figures[index]
    let last = all[all.count - 1]
    return [
      entries[index].way.summary, Format.count(Int(rate.median)), Format.count(Int(rate.least)),
      Format.count(Int(rate.most)), ratio(index).map { Format.decimal($0, digits: 2) } ?? "-",
      Format.percent(Int(median(index, \.socketShare) * 1000), of: 1000),
      Format.duration(nanoseconds: median(index, \.pageNanoseconds)),
      Format.count(last.account.fromBelow),
      last.account.recyclingRate.map { Format.percent(Int($0 * 1_000_000), of: 1_000_000) } ?? "-",
      Format.count(all.reduce(0) { $0 + $1.lost }),
    ]
  }

  /// The report for programs.
  package var json: JSONValue {
    .object([
      ("size", .integer(options.byteCount)), ("batch", .integer(options.batch)),
      ("keptMillionths", .integer(options.keptMillionths)), ("rounds", .integer(options.rounds)),
      ("seed", .integer(Int(options.seed))),
      (
        "results",
        .array(
          entries.indices.map { index in
            .object([
              ("workload", .string(entries[index].workload.rawValue)),
              ("way", .string(entries[index].way.rawValue)),
              ("datagramsPerSecond", .number(rate(index).median)),
              ("ratioToPageByPage", ratio(index).map { .number($0) } ?? .null),
              ("rounds", .array(figures[index].map(Self.json))),
            ])
          })
      ),
    ])
  }

  private static func json(_ figures: ReceiveFigures) -> JSONValue {
    .object([
      ("datagrams", .integer(figures.datagrams)),
      ("nanoseconds", .integer(Int(figures.nanoseconds))),
      ("datagramsPerSecond", .number(figures.rate)),
      ("socketNanoseconds", .integer(Int(figures.socketNanoseconds))),
      ("idleNanoseconds", .integer(Int(figures.idleNanoseconds))),
      ("socketShare", .number(figures.socketShare)),
      ("takeNanoseconds", .integer(Int(figures.takeNanoseconds))),
      ("releaseNanoseconds", .integer(Int(figures.releaseNanoseconds))),
      ("pageNanoseconds", .number(figures.pageNanoseconds)),
      ("fromBelow", .integer(figures.account.fromBelow)),
      ("recyclingRate", figures.account.recyclingRate.map { .number($0) } ?? .null),
      ("lost", .integer(figures.lost)), ("damaged", .integer(figures.damaged)),
      ("pagesOut", .integer(figures.pagesOut)),
    ])
  }
}
