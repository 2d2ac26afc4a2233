// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// The count of mappings, of which a part is the process's: every test has one of its own.
@Suite struct MappingBudgetTests {
  @Test func aQuarterOfTheKernelsLimitIsTheDefault() async {
    await #expect(processExitsWith: .success) {
      let standard = MappingBudget(limit: nil, maximumMapCount: 65_530)
      let limits = (standard.limit, standard.available, standard.used, standard.peak)
      #expect(limits == (16_382, 16_382, 0, 0))
      let chosen = MappingBudget(limit: 7, maximumMapCount: 65_530)
      let limit = chosen.limit
      #expect(limit == 7)
    }
  }

  @Test func noMoreThanTheLimitIsSetAside() async {
    await #expect(processExitsWith: .success) {
      var budget = MappingBudget(limit: 10, maximumMapCount: 1000)
      let answers = [budget.reserve(6), budget.reserve(5), budget.reserve(4), budget.reserve(1)]
      #expect(answers == [true, false, true, false])
      let full = (budget.used, budget.available)
      #expect(full == (10, 0))
      budget.release(3)
      let rest = (budget.used, budget.available, budget.peak)
      #expect(rest == (7, 3, 10))
      let isReserved = budget.reserve(2)
      let after = (budget.used, budget.peak)
      #expect(isReserved)
      #expect(after == (9, 10))
    }
  }

  @Test func allBudgetsTogetherStayUnderThreeQuarters() async {
    await #expect(processExitsWith: .success) {
      // 100 mappings a process: 75 for all, whatever the single limits are.
      var first = MappingBudget(limit: 50, maximumMapCount: 100)
      var second = MappingBudget(limit: 50, maximumMapCount: 100)
      let answers = [first.reserve(50), second.reserve(26), second.reserve(25)]
      #expect(answers == [true, false, true])
      let available = (first.available, second.available, second.used)
      #expect(available == (0, 0, 25))
      first.release(10)
      let later = (first.available, second.available)
      #expect(later == (10, 10))
      let isReserved = second.reserve(10)
      #expect(isReserved)
      let none = first.available
      #expect(none == 0)
    }
  }

  @Test func aBudgetThatGoesLeavesTheTotalAsItWas() async {
    await #expect(processExitsWith: .success) {
      // Sees the process's total: 75 less what all have.
      let probe = MappingBudget(limit: 75, maximumMapCount: 100)
      let before = probe.available
      #expect(before == 75)
      do {
        var budget = MappingBudget(limit: 40, maximumMapCount: 100)
        _ = budget.reserve(30)
        budget.release(7)
        _ = budget.reserve(1000)
        let during = probe.available
        #expect(during == 75 - 23)
      }
      let after = probe.available
      #expect(after == 75)
    }
  }

  @Test func aHighLimitOfItsOwnCanBeUsedUp() async {
    await #expect(processExitsWith: .success) {
      var budget = MappingBudget(limit: 90, maximumMapCount: 100)
      let answers = [budget.reserve(90), budget.reserve(1)]
      #expect(answers == [true, false])
    }
  }

  @Test func givingBackMoreThanWasTakenStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var budget = MappingBudget(limit: 10, maximumMapCount: 100)
      _ = budget.reserve(3)
      budget.release(4)
    }
  }
}
