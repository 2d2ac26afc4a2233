// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The cases that compare stitching with the bare system calls for the same runs.
package enum StitchCase {
  /// A case for each plan.
  package static let all = StitchPlan.all.map(benchCase)

  private static let halves = ["allocate", "free", "together"]

  /// The name of a plan's case: the run's length; and the size of the block where it is not the
  /// usual one.
  package static func name(_ plan: StitchPlan) -> String {
    let suffix = plan.blockPages == 1024 ? "" : ".\(BenchCase.word(plan.byteCount))"
    return "stitch.cold.\(plan.run)\(suffix)"
  }

  private static func benchCase(_ plan: StitchPlan) -> BenchCase {
    let runs = Format.count(plan.run, "page")
    return BenchCase(
      name(plan), .stitch, "a block of \(Format.size(plan.byteCount)) from runs of \(runs)"
    ) { (context) throws(CommandFailure) in
      try measure(plan, context)
    }
  }

  private static func measure(
    _ plan: StitchPlan, _ context: BenchContext
  ) throws(CommandFailure) -> BenchResult {
    let arena = try StitchArena(plan)
    let sample = try arena.sample()
    var populate = try StitchFloor(plan, runs: sample.runs, offset: sample.offset, .populate)
    var read = try StitchFloor(plan, runs: sample.runs, offset: sample.offset, .read)
    let budget = context.budget
    let lives = try Rounds.alternate(
      name(plan), rounds: context.options.rounds, contenders: 3
    ) { (contender, _) throws(CommandFailure) in
      switch contender {
      case 0: try arena.live { $0.sum >= budget }
      case 1: try populate.live { $0.sum >= budget }
      default: try read.live { $0.sum >= budget }
      }
    }
    let ours = rows(Peer.compoundName, lives[0], halves)
    let floors = zip(StitchFloor.Filling.allCases, lives[1...]).map { filling, lives in
      rows("floor", lives, ["map, \(filling.rawValue)", "tear down", "\(filling.rawValue), all"])
    }
    var result = BenchResult(compare(ours, with: floors))
    let isOther = sample.runs.contains { $0.pageCount.rawValue != plan.run }
    if isOther { result.notes.append("the block was not stitched from runs of that length") }
    result.counts.append(.init("mappings", Double(sample.runs.count)))
    try countCalls(plan, sample.runs.count, &result)
    let count = StitchCounts.blocks
    let shootdowns = [
      try StitchCounts.shootdowns { () throws(CommandFailure) in
        _ = try arena.live { $0.count == count }
      },
      try StitchCounts.shootdowns { () throws(CommandFailure) in
        _ = try populate.live { $0.count == count }
      },
      try StitchCounts.shootdowns { () throws(CommandFailure) in
        _ = try read.live { $0.count == count }
      },
    ]
    note(shootdowns.compactMap(\.self), &result)
    return result
  }

  private static func rows(
    _ who: String, _ lives: [StitchArena.Lives], _ halves: [String]
  ) -> [BenchRow] {
    halves.indices.map { half in
      BenchRow("\(who) \(halves[half])", .nanoseconds, lives.map { $0.figures[half] })
    }
  }

  /// Gives our rows their ratios to those of the floor that is faster altogether.
  private static func compare(_ ours: [BenchRow], with floors: [[BenchRow]]) -> [BenchRow] {
    let fastest = floors.min { $0[2].spread.median < $1[2].spread.median } ?? ours
    var ours = ours
    for half in ours.indices { ours[half].compare(with: fastest[half]) }
    return ours + floors.flatMap(\.self)
  }

  private static func countCalls(
    _ plan: StitchPlan, _ mappings: Int, _ result: inout BenchResult
  ) throws(CommandFailure) {
    let calls = try StitchCounts.systemCalls(plan)
    let sum = calls.reduce(0) { $0 + $1.count }
    result.counts.append(.init("systemCalls", sum))
    result.counts += calls.map { .init($0.call.rawValue, $0.count) }
    let list = calls.map { "\($0.call.rawValue) \(Format.decimal($0.count, digits: 2))" }
    result.notes.append(
      "\(Format.count(mappings, "mapping")) and \(Format.decimal(sum, digits: 2)) system calls a "
        + "block: " + list.joined(separator: "; "))
    let mapped = calls.first { $0.call == .mapRun }?.count ?? 0
    if mapped < Double(mappings) {
      result.notes.append("windows were used again without mapping: these figures are not cold")
    }
  }

  private static func note(_ shootdowns: [Double], _ result: inout BenchResult) {
    guard shootdowns.count == 3 else {
      result.notes.append("TLB shootdowns: the kernel does not show them, or one processor only")
      return
    }
    let keys = ["shootdowns", "shootdownsOfPopulate", "shootdownsOfReadAround"]
    result.counts += zip(keys, shootdowns).map { .init($0, $1) }
    let texts = shootdowns.map { Format.decimal($0, digits: 2) }
    result.notes.append(
      "TLB shootdowns a block while a second thread runs: \(texts[0]); floor \(texts[1]) after "
        + "populate, \(texts[2]) after reads")
  }
}
