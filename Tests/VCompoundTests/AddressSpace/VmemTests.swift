// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Ranges of numbers by each policy: hand-made cases.
@Suite struct VmemTests {
  @Test(arguments: Vmem.Policy.allCases)
  func anEmptyArenaHasNoRoom(policy: Vmem.Policy) {
    let arena = TestArena()
    #expect(arena.allocate(1, policy) == nil)
    #expect(arena.allocate(Int.max, policy) == nil)
    #expect(arena.statistics.imported == 0)
    #expect(arena.allocatedCount == 0)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func rangesFollowEachOther(policy: Vmem.Policy) {
    let arena = TestArena(100..<200)
    #expect(arena.allocate(30, policy) == 100..<130)
    #expect(arena.allocate(30, policy) == 130..<160)
    #expect(arena.allocate(41, policy) == nil)
    #expect(arena.allocate(40, policy) == 160..<200)
    #expect(arena.allocate(1, policy) == nil)
    #expect(arena.allocatedCount == 3)
  }

  @Test func freeNeighboursMerge() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(5, of: 20)
    for index in [0, 2, 4] { arena.free(ranges[index]) }
    #expect(arena.gaps == [0..<20, 40..<60, 80..<100])
    arena.free(ranges[1])
    #expect(arena.gaps == [0..<60, 80..<100])
    arena.free(ranges[3])
    #expect(arena.gaps == [0..<100])
  }

  @Test func spansThatTouchAreNotJoined() {
    let arena = TestArena(0..<100, 100..<200)
    #expect(arena.allocate(101) == nil)
    #expect(arena.spans == [0..<100, 100..<200])
    #expect(arena.contains(99))
    #expect(arena.contains(100))
    #expect(!arena.contains(200))
  }

  @Test func theSizeIsRoundedUpToTheQuantum() {
    let arena = TestArena(0..<256, quantum: 16)
    #expect(arena.allocate(1) == 0..<16)
    #expect(arena.allocate(17, alignment: 4) == 16..<48)
    #expect(arena.allocate(16, alignment: 64, phase: 16) == 80..<96)
    arena.free(startingAt: 16, size: 17)
    arena.free(startingAt: 0, size: 16)
    #expect(arena.gaps == [0..<80, 96..<256])
  }

  @Test func statisticsCountNumbers() {
    let arena = TestArena(0..<100, 200..<300)
    let ranges = arena.fill(10, of: 10)
    for index in [2, 5, 6] { arena.free(ranges[index]) }
    var statistics = arena.statistics
    #expect(statistics.imported == 200)
    #expect(statistics.inUse == 70)
    #expect(statistics.free == 130)
    #expect(statistics.largestFree == 100)
    #expect(arena.allocate(100) == 200..<300)
    statistics = arena.statistics
    #expect(statistics.largestFree == 20)
  }

  // MARK: Instant fit and best fit

  /// Free segments of 5, 7, 12 and 30 numbers.
  private func holes() -> TestArena {
    TestArena(0..<5, 10..<17, 20..<32, 40..<70)
  }

  @Test func instantFitTakesWhatFitsForCertain() {
    // 5 ... 7 share a list in which not all have room for 6, so that one of 8 or more is taken.
    #expect(holes().allocate(6) == 20..<26)
    #expect(holes().allocate(4) == 10..<14)
    // None is certain to have room for 17; one has.
    #expect(holes().allocate(17) == 40..<57)
    #expect(holes().allocate(31) == nil)
  }

  @Test func bestFitTakesTheSmallestThatFits() {
    #expect(holes().allocate(5, .bestFit) == 0..<5)
    #expect(holes().allocate(6, .bestFit) == 10..<16)
    #expect(holes().allocate(8, .bestFit) == 20..<28)
    #expect(holes().allocate(13, .bestFit) == 40..<53)
    #expect(holes().allocate(31, .bestFit) == nil)
    // The smallest that fits where it must begin.
    #expect(holes().allocate(4, .bestFit, alignment: 4) == 0..<4)
    #expect(holes().allocate(4, .bestFit, alignment: 4, phase: 2) == 10..<14)
    #expect(holes().allocate(4, .bestFit, alignment: 16, phase: 4) == 20..<24)
  }

  // MARK: Next fit

  @Test func aRangeThatWasGivenBackIsUsedLast() {
    let arena = TestArena(0..<1000)
    var seen: Set<Int> = []
    for _ in 0..<100 {
      let range = arena.allocate(10, .nextFit)
      seen.insert(range?.lowerBound ?? -1)
      arena.free(range)
    }
    #expect(seen == Set(stride(from: 0, to: 1000, by: 10)))
    #expect(arena.allocate(10, .nextFit) == 0..<10)
  }

  @Test func theSearchGoesOnBehindTheLastRangeAndAround() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(10, of: 10)
    for index in [2, 5, 8] { arena.free(ranges[index]) }
    #expect(arena.allocate(10, .nextFit) == 20..<30)
    arena.free(20..<30)
    #expect(arena.allocate(10, .nextFit) == 50..<60)
    #expect(arena.allocate(5, .nextFit) == 80..<85)
    #expect(arena.allocate(5, .nextFit) == 85..<90)
    #expect(arena.allocate(5, .nextFit) == 20..<25)
  }

  @Test func theGapThatTheSearchBeginsInIsTriedFromItsStart() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(1, of: 50) + arena.fill(1, of: 10)
    for range in ranges { arena.free(range) }
    // From 60 on there are 40; all 100 only from the start.
    #expect(arena.allocate(100, .nextFit) == 0..<100)
  }

  @Test func theSearchGoesThroughAllSpansBeforeItComesBack() {
    let arena = TestArena(0..<100, 1000..<1050)
    let first = arena.allocate(60, .nextFit)
    #expect(first == 0..<60)
    arena.free(first)
    #expect(arena.allocate(40, .nextFit) == 60..<100)
    #expect(arena.allocate(40, .nextFit) == 1000..<1040)
    #expect(arena.allocate(40, .nextFit) == 0..<40)
    #expect(arena.allocate(10, .nextFit) == 40..<50)
  }

  @Test func otherPoliciesDoNotMoveTheRotor() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(3, of: 20)
    // The rotor is at 60; the free segment behind it is split on both sides of it.
    arena.free(ranges[2])
    #expect(arena.allocate(10, .bestFit, bounds: 50..<70) == 50..<60)
    #expect(arena.allocate(5, .bestFit, bounds: 70..<90) == 70..<75)
    #expect(arena.allocate(5, .nextFit) == 60..<65)
    #expect(arena.allocate(6, .nextFit) == 75..<81)
  }

  // MARK: Surrender

  @Test func aSurrenderedMiddleLeavesTwoSpans() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(5, of: 20)
    arena.surrender(ranges[2])
    #expect(arena.spans == [0..<40, 60..<100])
    #expect(arena.statistics.imported == 80)
    #expect(arena.allocatedCount == 4)
    #expect(arena.allocate(1) == nil)
    for index in [0, 1, 3, 4] { arena.free(ranges[index]) }
    #expect(arena.allocate(41) == nil)
    let left = [arena.allocate(40), arena.allocate(40)].compactMap { $0?.lowerBound }
    #expect(left.sorted() == [0, 60])
  }

  @Test(arguments: [(0..<20, [20..<100]), (80..<100, [0..<80]), (0..<100, [])])
  func aSurrenderedEndLeavesOneSpanOrNone(range: Range<Int>, spans: [Range<Int>]) {
    let arena = TestArena(0..<100, 500..<600)
    #expect(arena.allocate(range.count, .nextFit, bounds: range) == range)
    arena.surrender(range)
    #expect(arena.spans == spans + [500..<600])
    // The rotor was at the end of what is gone.
    #expect(arena.allocate(10, .nextFit) != nil)
  }

  @Test func neighboursAreSurrenderedTogether() {
    let arena = TestArena(0..<100)
    let ranges = arena.fill(5, of: 20)
    arena.free(ranges[0])
    arena.surrender(20..<80)
    #expect(arena.spans == [0..<20, 80..<100])
    #expect(arena.gaps == [0..<20])
    #expect(arena.allocatedCount == 1)
    arena.free(ranges[4])
    #expect(arena.gaps == [0..<20, 80..<100])
  }
}
