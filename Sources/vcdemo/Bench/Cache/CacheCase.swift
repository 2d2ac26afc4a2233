// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A cache of values of 100 bytes to 4 MiB, which evicts at random what a new one has no room for.
package enum CacheCase {
  /// The arena, and the bytes that malloc may keep alive.
  static let capacity = 256 << 20
  /// Values put into the cache in one measurement, after it was filled.
  private static let values = 20_000

  /// A case for each share of the arena that is kept full.
  package static let all = [995, 950, 900, 800].map { share in
    BenchCase(
      "cache.\(Double(share) / 10)", .cache,
      "a cache that keeps \(Double(share) / 10) % of 256 MiB full, evicting at random"
    ) { (context) throws(CommandFailure) in try measure(share, context.options.rounds) }
  }

  private static func measure(_ share: Int, _ rounds: Int) throws(CommandFailure) -> BenchResult {
    let budget = capacity / 1000 * share
    var notes: [String] = []
    let times = try Rounds.alternate(
      "cache.\(share)", rounds: rounds, contenders: 3
    ) { (contender, round) throws(CommandFailure) in
      if contender == 2 {
        var run = try CacheRun(MallocSource(), budget: budget, seed: round)
        return try run.time(values)
      }
      var upkeep: Upkeep?
      if contender == 1 { upkeep = Upkeep() }
      let source = try CompoundSource(capacity: capacity, upkeep: upkeep)
      var run = try CacheRun(source, budget: budget, seed: round)
      let before = source.allocator.statistics
      let time = try run.time(values)
      let after = source.allocator.statistics
      notes.append(
        "\(contender == 1 ? "healing" : "alone"), round \(round): \(run.refused) refused, "
          + "\(after.stitchedAllocations - before.stitchedAllocations) stitched, "
          + "\(after.exchangedAllocations - before.exchangedAllocations) exchanged")
      return time
    }
    let names = [Contender.compoundName, Contender.compoundName + ", healing", "malloc"]
    var rows = zip(names, times).map { name, times in
      BenchRow(name, .nanoseconds, times.map { Double($0) / Double(values) })
    }
    for index in 0..<2 { rows[index].compare(with: rows[2]) }
    var result = BenchResult(rows)
    result.notes = notes
    return result
  }
}
