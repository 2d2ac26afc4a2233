// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Mistakes of callers stop the program, with a message that names the arena and the numbers.
@Suite struct VmemMistakeTests {
  /// Whether the last words of a process say all this.
  private func message(_ result: ExitTest.Result?, says words: String...) -> Bool {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    return words.allSatisfy { text.contains($0) }
  }

  @Test func freeingTwiceStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let arena = TestArena(0..<100)
      let range = arena.allocate(20)
      arena.free(range)
      arena.free(range)
    }
    #expect(message(result, says: "VCompound: test: cannot free 0..<20", "0 is free"))
  }

  @Test func freeingTwiceIntoAQuantumCacheStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let arena = TestArena(0..<100, cachedSizes: 4)
      let range = arena.allocate(4)
      arena.free(range)
      arena.free(range)
    }
    #expect(message(result, says: "test: cannot free 0..<4", "freed before?"))
  }

  @Test func theWrongSizeStopsWithBothSizes() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let arena = TestArena(0..<100)
      if arena.allocate(20) == 0..<20 { arena.free(0..<10) }
    }
    #expect(message(result, says: "test: 0 is freed with size 10, but was allocated with size 20"))
  }

  @Test func theMiddleOfARangeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let arena = TestArena(0..<100)
      if arena.allocate(20) == 0..<20 { arena.free(startingAt: 5, size: 15) }
    }
    #expect(message(result, says: "test: cannot free 5..<20", "0..<20 is allocated there"))
  }

  @Test func aForeignRangeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      TestArena(0..<100).free(100..<110)
    }
    #expect(message(result, says: "test: cannot free 100..<110", "no span holds 100"))
  }

  @Test func noNumbersCannotBeFreed() async {
    await #expect(processExitsWith: .failure) { TestArena(0..<100).free(startingAt: 0, size: 0) }
    await #expect(processExitsWith: .failure) { TestArena(0..<100).free(startingAt: -1, size: 1) }
    await #expect(processExitsWith: .failure) { TestArena(0..<100).free(0..<0) }
  }

  @Test func surrenderOfWhatIsNotAllocatedStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      TestArena(0..<100).surrender(10..<20)
    }
    #expect(message(result, says: "test: cannot surrender 10..<20", "10 is free"))
    // Half a range, a range and what is free behind it, nothing at all.
    await #expect(processExitsWith: .failure) {
      let arena = TestArena(0..<100)
      if arena.allocate(20) == 0..<20 { arena.surrender(0..<10) }
    }
    await #expect(processExitsWith: .failure) {
      let arena = TestArena(0..<100)
      if arena.allocate(20) == 0..<20 { arena.surrender(0..<30) }
    }
    await #expect(processExitsWith: .failure) {
      let arena = TestArena(0..<100)
      if arena.allocate(20) == 0..<20 { arena.surrender(0..<0) }
    }
    await #expect(processExitsWith: .failure) { TestArena().surrender(0..<1) }
  }

  @Test func aSpanThatOverlapsAnotherStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = TestArena(0..<100, 99..<110)
    }
    #expect(message(result, says: "test: cannot add 99..<110", "0..<100"))
    await #expect(processExitsWith: .failure) {
      let arena = TestArena(
        0..<100,
        source: Vmem.Source { _ in
          50..<200
        } release: { _ in
        })
      _ = arena.allocate(101)
    }
  }

  @Test func aSpanThatCannotBeStops() async {
    await #expect(processExitsWith: .failure) { _ = TestArena(5..<5) }
    await #expect(processExitsWith: .failure) { _ = TestArena(-5..<5) }
    await #expect(processExitsWith: .failure) { _ = TestArena(5..<Int.max) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<24, quantum: 16) }
    await #expect(processExitsWith: .failure) { _ = TestArena(8..<32, quantum: 16) }
  }

  @Test func aMalformedRequestStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = TestArena(0..<100).allocate(10, alignment: 3)
    }
    #expect(message(result, says: "test: the alignment 3 is no power of two"))
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<100).allocate(0) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<100).allocate(1, alignment: 0) }
    await #expect(processExitsWith: .failure) {
      _ = TestArena(0..<100).allocate(1, alignment: 8, phase: 8)
    }
    await #expect(processExitsWith: .failure) {
      _ = TestArena(0..<96, quantum: 16).allocate(1, alignment: 64, phase: 8)
    }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<100).allocate(1, boundary: 6) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<96, quantum: 6) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<96, cachedSizes: 65) }
    await #expect(processExitsWith: .failure) { _ = TestArena(segmentLimit: 0) }
  }

  @Test func aSpanWithoutTagsStops() async {
    await #expect(processExitsWith: .success) { _ = TestArena(0..<10, segmentLimit: 3) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<10, segmentLimit: 2) }
  }

  @Test func theNumberOfNoAllocatedRangeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let arena = TestArena(0..<100)
      let range = arena.allocate(20)
      guard let index = arena.segment(startingAt: 0) else { return }
      arena.free(range)
      _ = arena.range(of: index)
    }
    #expect(message(result, says: "test: no range is allocated under the number"))
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<9).range(of: 0) }
    await #expect(processExitsWith: .failure) { _ = TestArena(0..<9).neighbour(after: 9999) }
  }
}
