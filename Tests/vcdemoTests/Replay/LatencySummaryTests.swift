// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct LatencySummaryTests {
  @Test func takesTheNearestRank() {
    let summary = LatencySummary(sorted: (1...1000).map { UInt32($0) })
    #expect(summary.p50 == 500)
    #expect(summary.p99 == 990)
    #expect(summary.p999 == 999)
    #expect(summary.max == 1000)
  }

  @Test func oneLatencyIsAllOfThem() {
    let summary = LatencySummary(sorted: [7] as [UInt32])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [7, 7, 7, 7])
  }

  @Test func fewLatencies() {
    let summary = LatencySummary(sorted: [1, 2, 3] as [UInt32])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [2, 3, 3, 3])
  }

  @Test func worksOnASlice() {
    let all: [UInt32] = [1, 2, 3, 4, 0, 0]
    #expect(LatencySummary(sorted: all[..<4]).max == 4)
  }

  @Test func noneAreZero() {
    let summary = LatencySummary(sorted: [] as [UInt32])
    #expect([summary.p50, summary.p99, summary.p999, summary.max] == [0, 0, 0, 0])
  }
}
