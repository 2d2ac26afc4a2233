// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A cache that is kept 99 % full for as long as is asked, healing and decay beside it: whether
/// time and memory stay as they are.
package enum CacheSoak {
  static let benchCase = BenchCase(
    "cache.soak", .soak, "a cache kept 99 % full, a lap a round: time and memory stay flat"
  ) { (context) throws(CommandFailure) in
    try run(laps: context.options.rounds, nanoseconds: context.budget, seed: context.options.seed)
  }

  /// Measures so many laps.
  ///
  /// - Parameters:
  ///   - laps: how many, at least 1.
  ///   - nanoseconds: the time of each.
  ///   - seed: of the sizes, and of what is evicted.
  /// - Returns: the time a value, and the footprint for each byte of the arena, of each lap.
  /// - Throws: a failure where a value is refused that there is room for.
  package static func run(
    laps: Int, nanoseconds: UInt64, seed: UInt64
  ) throws(CommandFailure) -> BenchResult {
    let capacity = ChurnCase.capacity
    let source = try CompoundSource(capacity: capacity, upkeep: ArenaUpkeep())
    var cache = CacheRun(
      source, budget: capacity / 100 * 99, seed: Int(truncatingIfNeeded: seed))
    try cache.fill()
    var times: [Double] = []
    var footprints: [Double] = []
    var progress = Progress("cache.soak")
    defer { progress.finish() }
    for lap in 0..<laps {
      var (values, time) = (0, UInt64(0))
      while time < nanoseconds {
        time += try cache.time(500)
        values += 500
      }
      times.append(Double(time) / Double(values))
      do throws(CompoundError) {
        let bytes = try source.allocator.footprint().total.rawValue
        footprints.append(Double(bytes) / Double(capacity))
      } catch {
        throw CompoundSource.failure(error)
      }
      progress.update(lap, of: laps)
    }
    let refused = cache.refused
    guard refused == 0 else { throw .input("cache.soak: \(refused) values refused") }
    var result = BenchResult([
      BenchRow("a value", .nanoseconds, times),
      BenchRow("memory, tables included", .footprint, footprints),
    ])
    let statistics = source.allocator.statistics
    result.notes = [
      "first and last lap: \(Quantity.nanoseconds.text(times[0])), "
        + "\(Quantity.nanoseconds.text(times[laps - 1])); "
        + "\(Quantity.footprint.text(footprints[0])), "
        + "\(Quantity.footprint.text(footprints[laps - 1]))",
      "\(statistics.stitchedAllocations) stitched, \(statistics.exchangedAllocations) exchanged; "
        + "\(statistics.freshFrames.rawValue) frames fresh at the end",
    ]
    return result
  }
}
