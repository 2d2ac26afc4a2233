// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Ranges of numbers handed out by next fit: hand-made cases.
@Suite struct AddressSpaceTests {
  private func space(_ spans: Range<Int>...) -> AddressSpace {
    var space = AddressSpace()
    for span in spans { space.importSpan(span) }
    return space
  }

  @Test func anEmptySpaceHasNoRoom() {
    var space = AddressSpace()
    #expect(space.allocate(1) == nil)
    #expect(space.importedPageCount == 0)
    #expect(space.allocatedCount == 0)
  }

  @Test func rangesFollowEachOther() {
    var space = space(100..<200)
    #expect(space.allocate(30) == 100..<130)
    #expect(space.allocate(30) == 130..<160)
    #expect(space.allocate(41) == nil)
    #expect(space.allocate(40) == 160..<200)
    #expect(space.allocate(1) == nil)
    #expect(space.allocatedCount == 3)
  }

  @Test func alignmentAndPhaseAreMet() {
    var space = space(100..<400)
    #expect(space.allocate(10, alignment: 64) == 128..<138)
    #expect(space.allocate(10, alignment: 64, phase: 63) == 191..<201)
    #expect(space.allocate(10, alignment: 64, phase: 9) == 201..<211)
    #expect(space.allocate(200, alignment: 256) == nil)
  }

  @Test func aRangeThatWasGivenBackIsUsedLast() {
    var space = space(0..<1000)
    var seen: Set<Int> = []
    for _ in 0..<100 {
      let range = space.allocate(10)
      seen.insert(range?.lowerBound ?? -1)
      if let range { space.free(range) }
    }
    #expect(seen == Set(stride(from: 0, to: 1000, by: 10)))
    #expect(space.allocate(10) == 0..<10)
  }

  @Test func theSearchGoesOnBehindTheLastRangeAndAround() {
    var space = space(0..<100)
    let ranges = (0..<10).compactMap { _ in space.allocate(10) }
    #expect(ranges.count == 10)
    for index in [2, 5, 8] { space.free(ranges[index]) }
    #expect(space.allocate(10) == 20..<30)
    space.free(20..<30)
    #expect(space.allocate(10) == 50..<60)
    #expect(space.allocate(5) == 80..<85)
    #expect(space.allocate(5) == 85..<90)
    #expect(space.allocate(5) == 20..<25)
  }

  @Test func theGapThatTheSearchBeginsInIsTriedFromItsStart() {
    var space = space(0..<100)
    let first = space.allocate(50)
    #expect(space.allocate(10) == 50..<60)
    if let first { space.free(first) }
    space.free(50..<60)
    // From 60 on there are 40; all 100 only from the start.
    #expect(space.allocate(100) == 0..<100)
  }

  @Test func theYoungestSpanIsUsedFirst() {
    var space = space(0..<100, 1000..<1050)
    #expect(space.allocate(40) == 1000..<1040)
    #expect(space.allocate(40) == 0..<40)
    #expect(space.allocate(10) == 1040..<1050)
    #expect(space.importedPageCount == 150)
    #expect(space.importedSpans == [0..<100, 1000..<1050])
  }

  @Test func spansThatTouchAreNotJoined() {
    var space = space(0..<100, 100..<200)
    #expect(space.allocate(101) == nil)
    #expect(space.importedSpans == [0..<100, 100..<200])
  }

  @Test func aSurrenderedMiddleLeavesTwoSpans() {
    var space = space(0..<100)
    let ranges = (0..<5).compactMap { _ in space.allocate(20) }
    space.free(ranges[2])
    space.surrender(ranges[2])
    space.validate()
    #expect(space.importedSpans == [0..<40, 60..<100])
    #expect(space.importedPageCount == 80)
    #expect(space.allocatedCount == 4)
    #expect(space.allocate(1) == nil)
    for index in [0, 1, 3, 4] { space.free(ranges[index]) }
    #expect(space.allocate(41) == nil)
    let left = [space.allocate(40), space.allocate(40)].compactMap { $0?.lowerBound }
    #expect(left.sorted() == [0, 60])
    space.validate()
  }

  @Test(arguments: [(0..<20, [20..<100]), (80..<100, [0..<80]), (0..<100, [])])
  func aSurrenderedEndLeavesOneSpanOrNone(range: Range<Int>, spans: [Range<Int>]) {
    var space = space(0..<100, 500..<600)
    space.surrender(range)
    space.validate()
    #expect(space.importedSpans == spans + [500..<600])
  }

  @Test func anAllocatedRangeIsSurrenderedWithItsEntry() {
    var space = space(0..<100)
    let ranges = (0..<5).compactMap { _ in space.allocate(20) }
    space.surrender(ranges[1])
    space.validate()
    #expect(space.allocatedCount == 4)
    #expect(space.importedSpans == [0..<20, 40..<100])
  }

  @Test func wrongUseStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      space.free(0..<10)
    }
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      if space.allocate(20) == 0..<20 { space.free(0..<10) }
    }
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      if space.allocate(20) == 0..<20 { space.free(5..<20) }
    }
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      space.free(100..<110)
    }
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      space.importSpan(99..<110)
    }
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.surrender(0..<1)
    }
  }

  @Test func aRangeGivenBackTwiceStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var space = AddressSpace()
      space.importSpan(0..<100)
      let range = space.allocate(20) ?? 0..<1
      space.free(range)
      space.free(range)
    }
  }
}
