// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Imports while the lock is dropped: other threads, and sources that fail or allocate themselves.
@Suite struct ImportingVmemTests {
  /// A source whose spans have room for exactly one request, and which takes its time.
  private static func slow(_ source: TestSource) -> Vmem.Source {
    Vmem.Source { request throws(CompoundError) in
      let span = try source.source.importSpan(request)
      sched_yield()
      return span
    } release: { span in
      sched_yield()
      source.source.release(span)
    }
  }

  @Test(arguments: [false, true], [0, 16])
  func threadsDoNotTakeEachOthersSpans(isChained: Bool, cachedSizes: Int) {
    let source = TestSource(0..<8192)
    let owners = Lock<[Int]>(Array(repeating: 0, count: 8192))
    let faults = Lock<[String]>([])
    do {
      let slow = Self.slow(source)
      let middle = TestArena(source: slow)
      let arena = TestArena(cachedSizes: cachedSizes, source: isChained ? middle.asSource : slow)
      onThreads(4) { index in
        var generator = SeededGenerator(seed: UInt64(index))
        var held: [Range<Int>] = []
        /// Gives numbers another owner; all must have the old one.
        func mark(_ range: Range<Int>, from old: Int, to new: Int) {
          owners.withLock { owners in
            for number in range where owners[number] != old {
              faults.withLock { $0.append("\(number) is that of \(owners[number])") }
            }
            for number in range { owners[number] = new }
          }
        }
        for _ in 0..<3000 {
          if held.count < 4, Bool.random(using: &generator) {
            let size = Int.random(in: 1...16, using: &generator)
            let policy = Vmem.Policy.allCases.randomElement(using: &generator) ?? .bestFit
            guard let found = try? arena.arena.allocate(size, policy) else {
              faults.withLock { $0.append("\(size) refused") }
              continue
            }
            mark(found.range, from: 0, to: index + 1)
            held.append(found.range)
          } else if let range = held.popLast() {
            mark(range, from: index + 1, to: 0)
            arena.arena.free(range)
          }
        }
        for range in held {
          mark(range, from: index + 1, to: 0)
          arena.arena.free(range)
        }
      }
      arena.arena.validate()
      #expect(arena.spans.isEmpty)
      #expect(middle.spans.isEmpty)
      #expect(source.inUse == 0)
      #expect(source.askedSizes.count > 1000)
    }
    #expect(faults.withLock { $0 } == [])
  }

  @Test func aSpanAndTheRangeFromItAreOneStep() throws {
    var arena = Vmem.forTests()
    let shape = arena.shape
    let request = try #require(shape.request(10, .none))
    let found = arena.add(100..<110, for: request, .instantFit)
    #expect(found?.range == 100..<110)
    let other = arena.allocate(1)
    #expect(other == nil)
    let withoutRoom = arena.add(200..<205, for: request, .instantFit)
    #expect(withoutRoom == nil)
    arena.validate()
    let leaving = arena.free(100..<110)
    #expect(leaving == 100..<110)
    let left = arena.importedSize
    #expect(left == 0)
    arena.validate()
  }

  @Test func whatTheSourceThrowsIsThrown() throws {
    let plan = Lock<CompoundError?>(.usedAfterFork)
    let source = Vmem.Source { _ throws(CompoundError) in
      if let error = plan.withLock({ $0 }) { throw error }
      return 1000..<1100
    } release: { _ in
    }
    let arena = TestArena(0..<10, source: source)
    #expect(try arena.orThrow(6) == 0..<6)
    let before = arena.statistics
    #expect(throws: CompoundError.usedAfterFork) { _ = try arena.orThrow(5) }
    #expect(arena.statistics == before)
    // No source is asked for what could never be.
    #expect(try arena.orThrow(Int.max) == nil)
    plan.withLock { $0 = nil }
    #expect(try arena.orThrow(5) == 1000..<1005)
  }

  /// What a source does before it fails.
  private final class Interruption: Sendable {
    let action = Lock<(@Sendable () -> Void)?>(nil)

    var source: Vmem.Source {
      Vmem.Source { _ throws(CompoundError) in
        let action = self.action.withLock { $0 }
        action?()
        throw .noSpan
      } release: { _ in
      }
    }
  }

  @Test func theArenaIsSearchedAgainAfterTheSourceFailed() throws {
    let interruption = Interruption()
    let arena = TestArena(0..<10, source: interruption.source)
    let held = arena.allocate(10)
    #expect(throws: CompoundError.noSpan) { _ = try arena.orThrow(4) }
    // What another thread may do meanwhile.
    interruption.action.withLock { $0 = { arena.free(held) } }
    #expect(try arena.orThrow(4) == 0..<4)
    interruption.action.withLock { $0 = nil }
  }

  // MARK: Tags

  @Test func whereTagsLackARequestIsRefusedAndNothingIsLost() {
    // Seven tags: the span's, five ranges', and that of what is free.
    let arena = TestArena(0..<1000, segmentLimit: 8)
    var ranges = arena.fill(4, of: 10)
    // One tag is left, and this would take two.
    #expect(arena.allocate(10, alignment: 512) == nil)
    ranges += arena.fill(9, of: 10)
    #expect(ranges.count == 5)
    #expect(arena.allocate(10) == nil)
    #expect(arena.statistics.inUse == 50)
    // All of a free segment takes no tag.
    #expect(arena.allocate(950) == 50..<1000)
    for range in ranges + [50..<1000] { arena.free(range) }
    #expect(arena.gaps == [0..<1000])
    #expect((0..<9).compactMap { _ in arena.allocate(10) }.count == 5)
  }

  @Test func tagsOfCachedRangesServeToo() {
    let arena = TestArena(0..<1000, cachedSizes: 4, segmentLimit: 8)
    let ranges = arena.fill(5, of: 2)
    for range in ranges[..<3] { arena.free(range) }
    #expect(arena.statistics.cached == 6)
    #expect(arena.allocate(20) == 10..<30)
    #expect(arena.gaps == [0..<6, 30..<1000])
  }

  @Test func aSpanForWhichTagsLackGoesBack() {
    let source = TestSource(1000..<2000)
    let two = TestArena(source: source.source, smallestImport: 100, segmentLimit: 3)
    // A hundred would leave a rest, for which there is no tag.
    #expect(two.allocate(10) == 1000..<1010)
    #expect(source.askedSizes == [100, 10])
    #expect(source.released == [1000..<1100])
    // Without two tags the source is not asked.
    #expect(two.allocate(10) == nil)
    #expect(source.askedSizes == [100, 10])
    two.free(1000..<1010)
    #expect(source.inUse == 0)
  }

  @Test func surrenderNeedsNoTagThatIsFree() {
    let arena = TestArena(0..<100, segmentLimit: 5)
    #expect(arena.fill(2, of: 30) == [0..<30, 30..<60])
    #expect(arena.allocate(40) == 60..<100)
    #expect(arena.allocate(1) == nil)
    arena.surrender(30..<60)
    #expect(arena.spans == [0..<30, 60..<100])
  }

  // MARK: Segments

  @Test func segmentsAreFoundAndKnowTheirNeighbours() throws {
    let arena = TestArena(0..<30, 30..<60, 100..<130, cachedSizes: 10)
    let ranges = arena.fill(9, of: 10)
    let found = try ranges.map { try #require(arena.segment(startingAt: $0.lowerBound)) }
    #expect(Set(found).count == 9)
    #expect(found.map { arena.range(of: $0) } == ranges)
    #expect(found.allSatisfy { 1..<1 << 16 ~= $0 })
    #expect(ranges.map { arena.segment(containing: $0.lowerBound + 7) } == found)
    #expect(arena.segment(startingAt: 7) == nil)
    #expect(arena.segment(containing: 60) == nil)
    // Spans that touch are not one.
    #expect(
      found.map { arena.neighbour(after: $0) } == [
        found[1], found[2], nil, found[4], found[5], nil, found[7], found[8], nil,
      ])
    #expect(
      found.map { arena.neighbour(before: $0) } == [
        nil, found[0], found[1], nil, found[3], found[4], nil, found[6], found[7],
      ])
    // A range in a quantum cache is not allocated.
    arena.free(ranges[1])
    #expect(arena.statistics.cached == 10)
    #expect(arena.segment(startingAt: 10) == nil)
    #expect(arena.segment(containing: 15) == nil)
    #expect(arena.neighbour(after: found[0]) == nil)
    #expect(arena.neighbour(before: found[2]) == nil)
    #expect([arena.contains(15), arena.contains(60), arena.contains(-1)] == [true, false, false])
  }
}
