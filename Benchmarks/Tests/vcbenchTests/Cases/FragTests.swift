// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct FragTests {
  @Test func theProtocolKeepsItsBooks() throws {
    var run = try FragProtocol(byteCount: 8 << 20, seed: 1)
    #expect(run.livePages == 2048)
    #expect(run.wholeChunks == 0)
    run.freeHalf()
    #expect(run.livePages == 1024)
    for _ in 0..<3 { try run.round() }
    #expect(run.livePages == 1024)
    #expect((0...2).contains(run.wholeChunks))
  }

  @Test func aSeedMakesTheCounts() throws {
    let stages = [0, 2, 5]
    let first = try FragCase.chunks(after: stages, byteCount: 4 << 20, seed: 3)
    #expect(first.count == 3)
    #expect(try FragCase.chunks(after: stages, byteCount: 4 << 20, seed: 3) == first)
  }

  @Test func growthIsByWhatWasThereBefore() {
    let result = FragCase.result([[5, 10, 30], [4, 12, 32], [6, 11, 40]])
    #expect(result.rows.map(\.spread.median) == [5, 11, 32])
    #expect(result.rows.map(\.ratio) == [1, 2.2, 6.4])
    #expect(result.notes.count == 1)
    #expect(result.counts.first == .init("growth", 6.4))
  }

  @Test func nothingBeforeCountsAsOne() {
    let result = FragCase.result([[0, 3, 7]])
    #expect(result.rows.map(\.ratio) == [0, 3, 7])
    #expect(result.notes.last?.contains("counts as 1") == true)
  }
}
