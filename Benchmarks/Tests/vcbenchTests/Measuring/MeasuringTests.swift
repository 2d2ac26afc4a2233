// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct MeasuringTests {
  @Test func aRowHasMedianAndSpread() {
    var odd = BenchRow("a", .nanoseconds, [3, 1, 9])
    #expect(odd.rounds == [3, 1, 9])
    #expect(odd.spread.median == 3)
    #expect(odd.spread.least == 1)
    #expect(odd.spread.most == 9)
    let even = BenchRow("b", .nanoseconds, [1, 2, 4, 100])
    #expect(even.spread.median == 3)
    #expect(odd.ratio == nil)
    odd.compare(with: BenchRow("c", .nanoseconds, [2, 2]))
    #expect(odd.ratio == 1.5)
  }

  @Test(arguments: [
    (Quantity.nanoseconds, 0.347, "0.35 ns"), (.nanoseconds, 12.34, "12.3 ns"),
    (.nanoseconds, 812.4, "812 ns"),
    (.nanoseconds, 1300, "1.3 µs"), (.rate, 12_340_000, "12.34 M/s"), (.rate, 2500, "2.50 k/s"),
    (.footprint, 1.0186, "1.019"), (.chunks, 12, "12"),
  ])
  func figuresHaveUnits(quantity: Quantity, value: Double, text: String) {
    #expect(quantity.text(value) == text)
  }

  @Test func everyRoundHasEveryContenderOnce() throws(CommandFailure) {
    var calls: [[Int]] = Array(repeating: [], count: 4)
    let figures = try Rounds.alternate(
      "test", rounds: 4, contenders: 3
    ) { (contender, round) throws(CommandFailure) in
      calls[round].append(contender)
      return 10 * contender + round
    }
    #expect(figures == [[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
    #expect(calls.allSatisfy { $0.sorted() == [0, 1, 2] })
    #expect(Set(calls).count > 1)
  }

  @Test func aFailureEndsTheRounds() {
    var count = 0
    #expect(throws: CommandFailure.usage("enough")) {
      _ = try Rounds.alternate(
        "test", rounds: 4, contenders: 3
      ) { (_, _) throws(CommandFailure) -> Int in
        count += 1
        if count == 5 { throw .usage("enough") }
        return 0
      }
    }
    #expect(count == 5)
  }

  @Test func aLapCountsWhatIsDoneBehindTheWarmUp() throws(CommandFailure) {
    var calls = 0
    let lap = try Lap.run(for: 200_000, operations: 3) { () throws(CommandFailure) in calls += 1 }
    #expect(lap.operations == 3 * (calls - 1))
    #expect(lap.nanoseconds >= 200_000)
    #expect(Lap(operations: 4, nanoseconds: 100).nanosecondsPerOperation == 25)
    #expect(Lap(operations: 4, nanoseconds: 100).operationsPerSecond == 4e7)
  }

  @Test func aFailureEndsALap() {
    #expect(throws: CommandFailure.self) {
      _ = try Lap.run(for: 1_000_000_000) { () throws(CommandFailure) in throw .usage("no") }
    }
  }
}
