// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Frames in as few runs as there can be, and the length of the longest run.
@Suite struct GatherTests {
  @Test func theLongestRunsComeFirstAndTheRestFromTheShortestThatHoldsIt() throws {
    let model = try CheckedFrames(4096, free: [0..<100, 600..<605, 700..<800, 1000..<1300])
    let runs = model.gather(404)
    #expect(runs.count == 3)
    #expect(runs.first == FrameRun(first: PageFrame(1000), pageCount: 300))
    #expect(runs.last == FrameRun(first: PageFrame(600), pageCount: 4))
    model.compare()
  }

  @Test func oneRunServesWhereOneFits() throws {
    let model = try CheckedFrames(4096, free: [0..<10, 600..<620])
    #expect(model.gather(15) == [FrameRun(first: PageFrame(600), pageCount: 15)])
  }

  @Test func everythingCanBeGathered() throws {
    let free = stride(from: 0, to: 2048, by: 2).map { $0..<$0 + 1 }
    let model = try CheckedFrames(2048, free: free)
    #expect(model.gather(1024).count == 1024)
    #expect(model.frames.freeResident == 0)
    model.compare()
  }

  @Test func randomHolesAreGatheredInTheFewestRuns() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<60 {
      var (free, position) = ([Range<Int>](), 0)
      while true {
        let low = position + Int.random(in: 1...200, using: &generator)
        let high = low + Int.random(in: 1...300, using: &generator)
        guard high <= 6000 else { break }
        free.append(low..<high)
        position = high
      }
      let model = try CheckedFrames(6000, free: free)
      while model.frames.freeResident > 0 {
        let most = model.frames.freeResident.rawValue
        model.gather(Int.random(in: 1...most, using: &generator))
      }
      model.compare()
    }
  }

  @Test func moreThanIsFreeStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let model = try CheckedFrames(512, resident: true)
      _ = model.frames.gather(513, into: model.table)
    }
  }

  @Test func withoutNodesNothingIsTaken() throws {
    let free = [0..<100, 600..<605, 700..<800, 1000..<1300]
    let model = try CheckedFrames(4096, resident: true, nodes: 2)
    model.mark(0, 4096)
    for range in free {
      model.give(FrameRun(first: PageFrame(range.lowerBound), pageCount: PageCount(range.count)))
    }
    let list = model.frames.gather(404, into: model.table)
    #expect(list == nil)
    model.compare()
    let unused = model.table.unusedCount
    #expect(unused == 2)
    #expect(model.gather(400).count == 2)
  }

  @Test func allRunsOfAListAreTakenOrNone() throws {
    let model = try CheckedFrames(2048, free: [100..<200, 300..<700])
    let runs = [run(350, 300), run(100, 5)]
    let list = model.table.list(runs)
    let partly = model.table.list([run(110, 5)] + runs)
    for (list, isFree) in [(list, true), (list, false), (partly, false)] {
      let isTaken = model.frames.takeAll(list, of: model.table)
      let resident = model.frames.freeResident
      #expect(isTaken == isFree)
      #expect(resident == 195)
    }
    model.frames.give(list, of: model.table)
    model.compare()
    let isTaken = model.frames.takeAll(partly, of: model.table)
    #expect(isTaken)
  }

  /// Lengths from 5,008 to 5,015 frames share a list of the index; the last one filed stands first.
  private func modelOfLongRuns() throws -> CheckedFrames {
    try CheckedFrames(
      24_576, free: [6000..<6000 + 5014, 12_000..<12_000 + 5013, 100..<100 + 5008])
  }

  @Test func runsOfNearlyTheSameLengthAreGatheredInTheFewestRuns() throws {
    let model = try modelOfLongRuns()
    model.gather(5014 + 5013)
    model.compare()
  }

  @Test func theLongestFreeRunIsExactAmongRunsOfNearlyTheSameLength() throws {
    let model = try modelOfLongRuns()
    let longest = model.frames.longestFreeRun
    #expect(longest == 5014)
  }

  @Test func theLongestFreeRunGoesFromResidentThroughAbsentChunks() throws {
    let model = try CheckedFrames(1536, residentChunks: [0, 2])
    model.mark(0, 500)
    model.mark(1024, 21)
    model.give(FrameRun(first: PageFrame(1024), pageCount: 20))
    let longest = model.frames.longestFreeRun
    #expect(longest == PageCount(12 + 512 + 20))
  }

  @Test func theLongestFreeRunGoesOverSeveralRangesOfAbsentChunks() throws {
    let model = try CheckedFrames(2048, residentChunks: [1, 3])
    model.mark(3 * 512, 512)
    // Chunks 0 and 2 are absent, chunk 1 between them is resident and wholly free.
    let longest = model.frames.longestFreeRun
    let measured = model.frames.fragmentation().longestRun
    #expect(measured == 1536)
    #expect(longest == measured)
  }
}
