// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

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
    let sender = try SenderProcess(
      DatagramSender(byteCount: options.byteCount, seed: options.seed))
    return report(try measure(options, sender.channel))
  }

  /// Shows what came of it.
  package static func report(_ result: ReceiveResult) -> ExitStatus {
    StandardOutput.line(
      result.options.json ? ReceiveDocument.json(result).text : ReceiveTable.text(result))
    if let complaint = result.complaint {
      Program.complain("receive: \(complaint)")
      return .violated
    }
    return .success
  }

  /// Runs every way and workload, in turns.
  ///
  /// - Parameters:
  ///   - options: what is asked for.
  ///   - channel: leads to a sender.
  /// - Returns: the figures of all rounds.
  /// - Throws: a failure where the sender ends, a page is refused, or a socket fails.
  package static func measure(
    _ options: ReceiveOptions, _ channel: borrowing SenderChannel
  ) throws(CommandFailure) -> ReceiveResult {
    var result = ReceiveResult(options: options)
    var progress = Progress("receive")
    defer { progress.finish() }
    let count = result.entries.count
    for round in 0..<options.rounds {
      for (step, index) in RoundOrder.order(count, round: round).enumerated() {
        result.add(try run(result.entries[index], options, channel), to: index)
        progress.update(round * count + step + 1, of: options.rounds * count)
      }
    }
    return result
  }

  private static func run(
    _ entry: ReceiveResult.Entry, _ options: ReceiveOptions, _ channel: borrowing SenderChannel
  ) throws(CommandFailure) -> ReceiveFigures {
    let run = ReceiveRun(
      options: options, call: entry.call, keeping: entry.workload == .host)
    switch entry.way {
    case .pool: return try run(PooledPage.self, channel)
    case .bulk: return try run(BulkPage.self, channel)
    case .frames: return try run(FramePage.self, channel)
    case .malloc: return try run(MallocPage.self, channel)
    case .ring: return try run(RingPage.self, channel)
    }
  }
}
