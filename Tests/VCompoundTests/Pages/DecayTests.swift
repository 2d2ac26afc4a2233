// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct DecayTests {
  /// What is free at each step, when what goes back is really gone.
  private func run(_ decay: inout Decay, free: Int, steps: Int) -> [Int] {
    var left = free
    return (0..<steps).map { _ in
      left -= decay.step(least: PageCount(left)).rawValue
      return left
    }
  }

  @Test func whatIsFreeForAWhileGoesByHalves() {
    var decay = Decay()
    let left = run(&decay, free: 8192, steps: 16)
    #expect(left[..<7].allSatisfy { $0 == 8192 })
    #expect(Array(left[7...]) == [4096, 2048, 1024, 512, 0, 0, 0, 0, 0])
  }

  @Test func whatWasNeededOnceInThatTimeStays() {
    var decay = Decay()
    var given = 0
    for step in 0..<40 {
      // Of 10,000 pages all but 100 are needed now and then.
      let least = (step % 7 == 0 ? 100 : 10_000) - given
      given += decay.step(least: PageCount(least)).rawValue
      #expect(given == (step < 7 ? 0 : 100))
    }
  }

  /// The least of the last eight steps, less what went meanwhile, is the most that goes.
  @Test func itAgreesWithAListOfAllSteps() {
    var generator = SeededGenerator(seed: 4)
    var decay = Decay()
    var history = Array(repeating: 0, count: 8)
    for _ in 0..<2000 {
      let least = Int.random(in: 0..<5000, using: &generator)
      history.append(least)
      let unneeded = history.suffix(8).min() ?? 0
      let due = decay.step(least: PageCount(least)).rawValue
      #expect(due == (unneeded <= 512 ? unneeded : (unneeded + 1) / 2))
      history = history.suffix(8).map { $0 - due }
    }
  }
}
