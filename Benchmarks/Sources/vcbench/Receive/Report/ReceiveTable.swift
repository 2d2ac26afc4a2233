// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of `vcbench receive` for people.
package enum ReceiveTable {
  private static let heading = [
    "pages", "datagrams/s", "least ... most", "ratio", "recvmmsg", "of CPU", "take", "release",
    "from below", "recycled", "lost",
  ]

  /// The report.
  package static func text(_ result: ReceiveResult) -> String {
    let options = result.options
    var lines = [
      HostFacts.current().text,
      "Datagrams of \(Format.size(options.byteCount)), up to \(Format.count(options.burst)) in a burst; "
        + "\(Format.count(options.rounds, "round")) in turn; "
        + "seed \(options.seed); medians",
    ]
    lines += Build.remarks()
    for call in options.calls {
      for workload in Receive.Workload.allCases {
        let rows = result.entries.indices.filter {
          result.entries[$0].workload == workload && result.entries[$0].call == call
        }
        let table = TextTable(
          alignments: [.left] + Array(repeating: .right, count: heading.count - 1),
          rows: [heading] + rows.map { row(result, $0) })
        lines += ["", title(call, workload, options), table.text(indentation: 2)]
        if let first = rows.first, let index = result.pageByPage(like: first) {
          lines.append(conclusion(result, index))
        }
      }
    }
    lines += ["", legend]
    return lines.joined(separator: "\n")
  }

  private static let legend = """
    ratio: to page by page. recvmmsg: its share of the time in which the receiver had work, and of
    the receiver's processor time. take, release: for a page, by the receiver and by the consumer.
    from below, recycled: of the last round; lost: of all.
    """

  private static func title(
    _ call: ReceiveCall, _ workload: Receive.Workload, _ options: ReceiveOptions
  ) -> String {
    let most = Format.count(call.capacity(options))
    let fetching =
      switch call {
      case .recvmmsg: "recvmmsg, up to \(most) messages of a datagram each"
      case .train: "recvmmsg with UDP_GRO, a train of up to \(most) datagrams"
      }
    let share = Format.percent(options.keptMillionths, of: Ratio.one)
    switch workload {
    case .router: return "Router, every page let go of at once; \(fetching)"
    case .host: return "Host, \(share) of the pages kept for a while; \(fetching)"
    }
  }

  private static func row(_ result: ReceiveResult, _ index: Int) -> [String] {
    let rate = result.rate(index)
    let rounds = result.figures[index]
    let account = rounds.last?.account
    return [
      result.entries[index].way.summary, Format.count(Int(rate.median)),
      "\(Format.count(Int(rate.least))) ... \(Format.count(Int(rate.most)))",
      result.ratio(index).map { Format.decimal($0, digits: 2) } ?? "-",
      share(result.median(index, \.socketShare)), share(result.median(index, \.socketCPUShare)),
      nanoseconds(result.median(index, \.takeTime)),
      nanoseconds(result.median(index, \.releaseTime)),
      account.map { Format.count($0.fromBelow) } ?? "-",
      account?.recyclingRate.map(share) ?? "-",
      Format.count(rounds.reduce(0) { $0 + $1.lost }),
    ]
  }

  /// What page by page spends its time on, and what that leaves to gain.
  private static func conclusion(_ result: ReceiveResult, _ index: Int) -> String {
    let receiver = share(result.median(index, \.receiverShare))
    let consumer = share(result.median(index, \.consumerShare))
    let busy = nanoseconds(result.median(index, \.busyTime))
    let socket = share(result.median(index, \.socketShare))
    let gain =
      result.mostRatio(like: index).map {
        "Pages that cost the receiver nothing would make the ratio about "
          + Format.decimal($0, digits: 2)
      } ?? "All wait for the consumer"
    return "  Page by page the receiver is at work \(receiver) of the time, \(busy) a datagram, "
      + "\(socket) of it recvmmsg;\n  the consumer \(consumer). " + gain + "."
  }

  private static func share(_ value: Double) -> String {
    Format.percent(Int((value * 1_000_000).rounded()), of: 1_000_000)
  }

  private static func nanoseconds(_ value: Double) -> String {
    "\(Format.decimal(value, digits: value < 100 ? 1 : 0)) ns"
  }
}
