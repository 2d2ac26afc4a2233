// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The case that runs LLFree's protocol.
package enum FragCase {
  /// The arena, in bytes.
  package static let byteCount = 512 << 20

  /// After how many rounds the chunks are counted.
  package static let stages = [0, 50, 100]

  /// What LLFree itself reached on a large machine: 5,024 free huge frames became 31,967.
  package static let goal = 6.4

  /// The case for the catalogue.
  package static let benchCase = BenchCase(
    "frag.llfree", .frag, "fill 512 MiB with pages, free half, replace a tenth 100 times"
  ) { (context) throws(CommandFailure) in
    try MachineMemory().check(byteCount, for: "frag.llfree", "leave the case out")
    let runs = try Rounds.alternate(
      "frag.llfree", rounds: context.options.rounds, contenders: 1
    ) { (_, round) throws(CommandFailure) in
      let seed = context.options.seed &+ UInt64(round)
      return try chunks(after: stages, byteCount: byteCount, seed: seed)
    }
    return result(runs[0])
  }

  /// Runs the protocol and counts on the way.
  ///
  /// - Parameters:
  ///   - stages: after how many rounds behind the freeing of half the pages, ascending.
  ///   - byteCount: the arena.
  ///   - seed: of all random choices.
  /// - Returns: the wholly free chunks at each stage.
  /// - Throws: a failure where memory is refused.
  package static func chunks(
    after stages: [Int], byteCount: Int, seed: UInt64
  ) throws(CommandFailure) -> [Int] {
    var run = try FragProtocol(byteCount: byteCount, seed: seed)
    run.freeHalf()
    var chunks: [Int] = []
    var done = 0
    for stage in stages {
      for _ in done..<stage { try run.round() }
      done = stage
      chunks.append(run.wholeChunks)
    }
    return chunks
  }

  /// Puts the counts together.
  ///
  /// - Parameter runs: for every round of the benchmark, the chunks at each stage.
  /// - Returns: the result.
  package static func result(_ runs: [[Int]]) -> BenchResult {
    var rows = stages.indices.map { index in
      BenchRow(
        stages[index] == 0 ? "before" : "after \(stages[index]) rounds", .chunks,
        runs.map { Double($0[index]) })
    }
    let before = rows[0].spread.median
    for index in rows.indices { rows[index].ratio = rows[index].spread.median / max(1, before) }
    let growth = rows[rows.count - 1].ratio ?? 0
    let total = byteCount / FragProtocol.chunkSize
    var result = BenchResult(rows)
    result.counts = [
      .init("growth", growth), .init("goal", goal), .init("chunks", Double(total)),
    ]
    result.notes = [
      "growth after 100 rounds: \(Format.decimal(growth, digits: 1)) (goal: "
        + "\(Format.decimal(goal, digits: 1))), of \(total) chunks; each round has its own seed"
    ]
    if before < 1 { result.notes.append("no chunk is wholly free before: it counts as 1") }
    return result
  }
}
