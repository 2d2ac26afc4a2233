// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct RoundOrderTests {
  @Test(arguments: 1...16)
  func everyoneIsEquallyOftenAtEachPlace(count: Int) {
    var visits = Array(repeating: Array(repeating: 0, count: count), count: count)
    for round in 0..<(2 * count) {
      let order = RoundOrder.order(count, round: round)
      #expect(order.sorted() == Array(0..<count))
      for (place, number) in order.enumerated() { visits[number][place] += 1 }
    }
    #expect(visits.allSatisfy { $0.allSatisfy { $0 == 2 } })
  }

  @Test func aPairOfRoundsHasNoFavourite() {
    let one = RoundOrder.order(10, round: 4)
    let other = RoundOrder.order(10, round: 5)
    #expect(one == other.reversed())
    #expect(one != RoundOrder.order(10, round: 2))
  }

  @Test func nobodyHasAnEmptyOrder() {
    #expect(RoundOrder.order(0, round: 3).isEmpty)
  }
}
