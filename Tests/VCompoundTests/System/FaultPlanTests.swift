// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The plan that makes system calls fail.
@Suite struct FaultPlanTests {
  let plan = FaultPlan()

  private func strikes(_ call: SystemCallKind, _ count: Int) -> [Int32?] {
    (0..<count).map { _ in plan.strike(call) }
  }

  @Test func withoutRulesNothingFailsAndEverythingIsCounted() {
    #expect(!plan.isPending)
    #expect(strikes(.unmap, 3) == [nil, nil, nil])
    #expect(plan.count(of: .unmap) == 3)
    #expect(plan.count(of: .mapRun) == 0)
  }

  @Test func theNextCallFailsOnce() {
    plan.fail(.unmap, errno: 5)
    #expect(plan.isPending)
    #expect(strikes(.unmap, 3) == [5, nil, nil])
    #expect(!plan.isPending)
    #expect(plan.count(of: .unmap) == 3)
  }

  @Test func theThirdAndFourthCallFail() {
    plan.fail(.mapRun, nth: 3, times: 2, errno: 12)
    #expect(strikes(.mapRun, 6) == [nil, nil, 12, 12, nil, nil])
    #expect(!plan.isPending)
  }

  @Test func allLaterCallsFailUntilTheRuleIsTakenBack() {
    plan.fail(.populate, nth: 2, times: .max, errno: 14)
    #expect(strikes(.populate, 100) == [nil] + Array(repeating: 14, count: 99))
    #expect(plan.isPending)
    plan.clear()
    #expect(!plan.isPending)
    #expect(strikes(.populate, 2) == [nil, nil])
    #expect(plan.count(of: .populate) == 102)
  }

  @Test func onlyTheNamedKindFails() {
    plan.fail(.reserve, errno: 12)
    #expect(plan.strike(.mapTable) == nil)
    #expect(plan.strike(.mapArena) == nil)
    #expect(plan.isPending)
    #expect(plan.strike(.reserve) == 12)
  }

  @Test func aSecondRuleReplacesTheFirst() {
    plan.fail(.unmap, nth: 1, times: 5, errno: 5)
    plan.fail(.unmap, nth: 2, errno: 12)
    #expect(strikes(.unmap, 3) == [nil, 12, nil])
  }

  @Test func rulesOfSeveralKindsWaitSideBySide() {
    plan.fail(.unmap, errno: 5)
    plan.fail(.populate, nth: 2, errno: 12)
    #expect(plan.strike(.unmap) == 5)
    #expect(plan.isPending)
    #expect(strikes(.populate, 2) == [nil, 12])
    #expect(!plan.isPending)
  }

  @Test func aPlannedFailureReachesTheCallerAsAnError() {
    plan.fail(.reserve, errno: 12)
    let system = OperatingSystem(faults: plan)
    #expect(throws: CompoundError.systemCall(.reserve, errno: 12)) {
      _ = try system.reserve(byteCount: .page)
    }
    #expect(plan.count(of: .reserve) == 1)
  }
}
