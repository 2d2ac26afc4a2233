// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct ChurnTests {
  @Test func aSoakTellsTimeAndMemoryOfEachLap() throws {
    let result = try CacheSoak.run(laps: 2, nanoseconds: 1_000_000, seed: 3)
    #expect(result.rows.map(\.rounds.count) == [2, 2])
    #expect(result.rows[1].rounds.allSatisfy { $0 > 0.9 && $0 < 1.1 })
  }

  @Test func aCacheKeepsItsBudget() throws {
    let capacity = 64 << 20
    let budget = capacity / 100 * 95
    var run = CacheRun(try CompoundSource(capacity: capacity), budget: budget, seed: 3)
    try run.fill()
    _ = try run.time(500)
    let live = run.live
    #expect(live <= budget && live > budget / 100 * 80)
    // The same sizes with malloc: the seed alone decides.
    var other = CacheRun(try MallocSource(), budget: budget, seed: 3)
    try other.fill()
    _ = try other.time(500)
    let (refused, otherLive) = (run.refused, other.live)
    #expect(refused == 0)
    #expect(live == otherLive)
  }

  /// A budget of half the arena, so that filling and turning over are quick.
  @Test(arguments: [false, true])
  func churnMeasuresTheSameValuesWithEveryAllocator(isMalloc: Bool) throws {
    var work = ChurnWork(budget: 16 << 20, capacity: 32 << 20, seed: 5, values: 400)
    let report: WorkerReport
    if isMalloc {
      report = try work.run(MallocSource(), for: 1) { 42 }
    } else {
      let source = try CompoundSource(capacity: work.capacity)
      report = try work.run(source, for: 1) { 42 }
      #expect(source.allocator.statistics.liveBlocks == 0)
      #expect(source.allocator.statistics.liveObjects == 0)
    }
    #expect(report.lap.operations == 400)
    #expect(report.residentBytes == 42)
    #expect(report.refused == 0)
    #expect(report.liveBytes <= 16 << 20 && report.liveBytes > 15 << 20)
  }

  @Test func aCaseForEachShareBesideEveryMalloc() {
    #expect(ChurnCase.all.map(\.name) == ["churn.99.5", "churn.95.0", "churn.90.0", "churn.80.0"])
    #expect(ChurnCase.all.allSatisfy { $0.needsPeers && $0.group == .churn })
  }
}
