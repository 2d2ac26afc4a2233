// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct LatencySummaryTests {
  private func summary(_ latencies: [UInt32]) -> LatencySummary { LatencySummary(latencies.span) }

  @Test func takesTheNearestRank() {
    let summary = self.summary((1...1000).map { UInt32($0) }.shuffled())
    #expect(summary.p50 == 500)
    #expect(summary.p99 == 990)
    #expect(summary.p999 == 999)
    #expect(summary.max == 1000)
  }

  @Test func oneLatencyIsAllOfThem() {
    let summary = self.summary([7])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [7, 7, 7, 7])
  }

  @Test func fewLatencies() {
    let summary = self.summary([3, 1, 2])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [2, 3, 3, 3])
  }

  @Test func theLargestNumberIsALatencyToo() {
    let summary = self.summary([.max, 0])
    #expect([summary.p50, summary.p99, summary.p999] == [0, Int(UInt32.max), Int(UInt32.max)])
  }

  @Test func noneAreZero() {
    let summary = self.summary([])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [0, 0, 0, 0])
  }
}
