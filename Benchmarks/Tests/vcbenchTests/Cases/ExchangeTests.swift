// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

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
