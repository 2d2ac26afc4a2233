// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ExchangeCaseTests {
  @Test(arguments: [1, 2])
  func whatWasExchangedIsThereAgainAtOnce(run: Int) throws {
    let plan = StitchPlan(run: run, blockPages: 1024)
    // It stops with a failure unless exactly one of the two allocations exchanged.
    let times = try ExchangeCase.exchange(plan)
    #expect(times.first > 0)
    let bare = try ExchangeCase.bareCalls(plan)
    #expect(bare.first > 0)
  }

  @Test func runsBeginWhereFramesAreFree() {
    for plan in ExchangeCase.plans {
      let last = plan.firstFrame(ofRun: plan.freeRuns - 1)
      #expect(plan.isFree(last) && !plan.isFree(last + plan.run) && last < plan.pageCount)
    }
  }
}

@Suite struct CacheRunTests {
  @Test func aSoakTellsTimeAndMemoryOfEachLap() throws {
    let result = try CacheSoak.run(laps: 2, nanoseconds: 1_000_000, seed: 3)
    #expect(result.rows.map(\.rounds.count) == [2, 2])
    #expect(result.rows[1].rounds.allSatisfy { $0 > 0.9 && $0 < 1.1 })
  }

  @Test func aCacheKeepsItsBudget() throws {
    let capacity = 64 << 20
    let budget = capacity / 100 * 95
    var run = try CacheRun(CompoundSource(capacity: capacity), budget: budget, seed: 3)
    _ = try run.time(500)
    let live = run.live
    #expect(live <= budget && live > budget / 100 * 80)
    // The same sizes with malloc: the seed alone decides.
    var other = try CacheRun(MallocSource(), budget: budget, seed: 3)
    _ = try other.time(500)
    let (refused, otherLive) = (run.refused, other.live)
    #expect(refused == 0)
    #expect(live == otherLive)
  }
}
