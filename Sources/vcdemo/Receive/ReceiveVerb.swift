// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcdemo receive`.
  package static let receive = Verb(
    name: "receive",
    summary: "receive datagrams into pages, with and without a page pool",
    help: """
      Receives UDP datagrams on the loopback interface, from a sender of its own, into a page each;
      another thread checks them and lets go of the pages. Pages come from a page pool, in bulk,
      one by one from the frames, or from malloc.

      Examples:
        vcdemo receive
        vcdemo receive --way pool --way frames --rounds 9
        vcdemo receive --keep 0.3 --size 64 --json

      Usage: vcdemo receive [options]
        --count N      the datagrams of one run, at most (default 200000)
        --seconds S    the time of one run, at most (default 1, at most 60)
        --size BYTES   the length of a datagram, a multiple of 8 up to 4096 (default 1472)
        --batch N      the datagrams that one recvmmsg may bring (default 64)
        --keep SHARE   what the host-like consumer keeps for a while (default 0.1)
        --rounds N     how often everything is measured, in turns (default 5)
        --way NAME     only this way: pool, bulk, frames or malloc; may be given several times
        --seed N       the seed of the random choices (default 1)
        --json         one JSON object

      The sender fills the socket and sleeps until all of that was dealt with; only then the clock
      runs. A router lets go of every page at once; a host keeps some, up to \(DatagramConsumer.mostKept),
      for a while. Exit code 1 where a datagram comes damaged, or a page is still out at the end.
      """,
    run: { arguments in try Receive.run(try ReceiveOptions(&arguments)) })
}

/// Measures all ways and workloads, and reports.
package enum Receive {
  /// What the consumer does with pages.
  package enum Workload: String, CaseIterable, Sendable {
    /// Lets go of them at once.
    case router
    /// Keeps some for a while.
    case host
  }

  static func run(_ options: ReceiveOptions) throws(CommandFailure) -> ExitStatus {
    let result = try measure(options)
    StandardOutput.line(options.json ? result.json.text : result.text)
    if let complaint = result.complaint {
      StandardError.line("vcdemo: receive: \(complaint)")
      return .violated
    }
    return .success
  }

  /// Runs every way and workload, in turns.
  package static func measure(
    _ options: ReceiveOptions
  ) throws(CommandFailure) -> ReceiveResult {
    let entries = Workload.allCases.flatMap { workload in
      options.ways.map { ReceiveResult.Entry(workload: workload, way: $0) }
    }
    let figures = try Rounds.alternate(
      "receive", rounds: options.rounds, contenders: entries.count
    ) { (index, _) throws(CommandFailure) in
      try run(entries[index], options)
    }
    return ReceiveResult(
      options: options, entries: entries, figures: figures)
  }

  private static func run(
    _ entry: ReceiveResult.Entry, _ options: ReceiveOptions
  ) throws(CommandFailure) -> ReceiveFigures {
    let receiver = DatagramReceiver(options: options)
    let pages = DatagramReceiver.mostPages(options)
    let keeping = entry.workload == .host
    switch entry.way {
    case .pool: return try receiver.run(PoolWay(pages: pages), keeping: keeping)
    case .bulk: return try receiver.run(BulkWay(pages: pages), keeping: keeping)
    case .frames: return try receiver.run(FramesWay(pages: pages), keeping: keeping)
    case .malloc: return try receiver.run(MallocWay(), keeping: keeping)
    }
  }
}
