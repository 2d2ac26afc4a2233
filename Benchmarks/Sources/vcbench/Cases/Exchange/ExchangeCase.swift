// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The cases that compare exchanging scattered pages with the bare system calls for it.
package enum ExchangeCase {
  /// Blocks of 64 MiB out of runs that are short enough to be exchanged.
  package static let plans = [1, 2].map { StitchPlan(run: $0, blockPages: 16_384) }

  /// A case for each plan.
  package static let all = plans.map { plan in
    BenchCase(
      "exchange.\(plan.run)", .exchange,
      "a block of \(Format.size(plan.byteCount)) from runs of "
        + Format.count(plan.run, "page")
    ) { (context) throws(CommandFailure) in
      try measure(plan, context)
    }
  }

  private static func measure(
    _ plan: StitchPlan, _ context: BenchContext
  ) throws(CommandFailure) -> BenchResult {
    let times = try Rounds.alternate(
      "exchange.\(plan.run)", rounds: context.options.rounds, contenders: 2
    ) { (contender, _) throws(CommandFailure) in
      // What is scattered is not so afterwards: each measurement has an arena of its own.
      contender == 0 ? try exchange(plan) : try bareCalls(plan)
    }
    let perPage = { (time: UInt64) in Double(time) / Double(plan.blockPages) }
    let bare = BenchRow("floor punch, make", .nanoseconds, times[1].map { perPage($0.first) })
    var ours = BenchRow(
      "\(Peer.compoundName) allocate", .nanoseconds, times[0].map { perPage($0.first) })
    ours.compare(with: bare)
    var again = BenchRow(
      "\(Peer.compoundName) again", .nanoseconds, times[0].map { perPage($0.again) })
    again.compare(with: bare)
    return BenchResult([ours, again, bare])
  }

  /// The time of one allocation that exchanges, and of the same once more after it was freed.
  package static func exchange(
    _ plan: StitchPlan
  ) throws(CommandFailure) -> (first: UInt64, again: UInt64) {
    let source = try CompoundSource(capacity: plan.pageCount * LivePeak.pageSize)
    var pages = BenchBlocks(source, byteCount: LivePeak.pageSize)
    try pages.take(plan.pageCount)
    pages.free { address in
      guard let block = unsafe UnsafeRawPointer(bitPattern: address),
        let frame = unsafe source.allocator.frame(ofPage: 0, inBlockContaining: block)
      else { return false }
      return plan.isFree(frame.rawValue)
    }
    var times: [UInt64] = []
    for _ in 0..<2 {
      let start = Clock.now()
      let block = unsafe try source.allocate(plan.byteCount)
      times.append(Clock.now() - start)
      unsafe source.free(block, byteCount: plan.byteCount)
    }
    guard source.allocator.statistics.exchangedAllocations == 1 else {
      throw .input("the block was not exchanged")
    }
    _ = consume pages
    return (times[0], times[1])
  }

  /// The time of the bare system calls for it.
  package static func bareCalls(
    _ plan: StitchPlan
  ) throws(CommandFailure) -> (first: UInt64, again: UInt64) {
    let floor = try ExchangeFloor(plan)
    let start = Clock.now()
    try floor.exchange()
    return (Clock.now() - start, 0)
  }
}
