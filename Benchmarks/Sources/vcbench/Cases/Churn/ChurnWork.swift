// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Fills a cache and keeps it full.
package struct ChurnWork: PeerWork, ~Copyable {
  private let budget: Int
  private let seed: UInt64
  private let values: Int
  package let capacity: Int

  /// Prepares.
  ///
  /// - Parameters:
  ///   - budget: the bytes that the cache keeps alive.
  ///   - capacity: the arena in which VCompound does it.
  ///   - seed: of the sizes, and of what is evicted.
  ///   - values: how many are put into the full cache while it is measured, at least 1; a quarter
  ///     as many before.
  package init(
    budget: Int, capacity: Int = ChurnCase.capacity, seed: UInt64, values: Int = 20_000
  ) {
    self.budget = budget
    self.capacity = capacity
    self.seed = seed
    self.values = values
  }

  /// Measures the same values with every allocator, however long that takes.
  package mutating func run(
    _ source: some HeapSource, for budget: UInt64, resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport {
    var cache = CacheRun(source, budget: self.budget, seed: Int(truncatingIfNeeded: seed))
    try cache.fill()
    _ = try cache.time(values / 4)
    var report = WorkerReport()
    let nanoseconds = try cache.time(values)
    report.lap = Lap(operations: values, nanoseconds: max(1, nanoseconds))
    report.residentBytes = resident()
    report.liveBytes = cache.livePeak
    report.refused = cache.refused
    return report
  }
}
