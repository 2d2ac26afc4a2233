// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// The public face of vmem: constraints, imports, looking, mistakes.
@Suite struct VmemArenaTests {
  /// All ranges of an arena: the allocated ones, and the free ones.
  private func segments(_ arena: borrowing VmemArena) -> (used: [Range<Int>], free: [Range<Int>]) {
    var (used, free): ([Range<Int>], [Range<Int>]) = ([], [])
    arena.forEachSegment { if $1 { used.append($0) } else { free.append($0) } }
    return (used, free)
  }

  // MARK: Constraints

  @Test func rangesLieWhereTheyMustAndOneIsClaimedOnce() throws {
    var arena = try VmemArena(name: "test", span: 1..<1000)
    let aligned = try arena.allocate(10, constraints: .init(alignment: 64, phase: 3))
    #expect(aligned == 3..<13)
    let within = try arena.allocate(60, constraints: .init(boundary: 64))
    #expect(within.lowerBound / 64 == (within.upperBound - 1) / 64)
    let claim = VmemArena.Constraints(bounds: 500..<600)
    let claimed = try arena.allocate(100, policy: .bestFit, constraints: claim)
    #expect(claimed == 500..<600)
    let second = refusal(&arena, 100, .bestFit, claim)
    #expect(second != nil)
    let holder = arena.allocatedRange(containing: 599)
    #expect(holder == 500..<600)
    let none = arena.allocatedRange(containing: 600)
    #expect(none == nil)
  }

  // MARK: Importing

  /// An arena that gives and takes back spans for another one.
  private func source(_ parent: Arc, keepingConstraints: Bool = true) -> VmemArena.Source {
    VmemArena.Source { size, constraints in
      parent.arena.withLock {
        try? $0.allocate(size, constraints: keepingConstraints ? constraints : .init())
      }
    } release: { span in
      parent.arena.withLock { $0.free(span) }
    }
  }

  @Test(arguments: [Int.min..<Int.min + 1, Int.min..<Int.max, Int.max - 1..<Int.max])
  func boundsMayBeAnyNumbers(bounds: Range<Int>) throws {
    var arena = try VmemArena(name: "bounds", span: 64..<4096)
    if let range = try? arena.allocate(8, constraints: .init(bounds: bounds)) {
      #expect(range.clamped(to: bounds) == range)
      arena.free(range)
    } else {
      #expect(!bounds.overlaps(64..<4096))
    }
  }

  @Test func spansComeFromAnotherArenaAndGoBack() throws {
    let parent = try Arc(0..<4096)
    do {
      var arena = try VmemArena(
        name: "child", quantum: 16, source: source(parent), smallestImport: 256)
      let first = try arena.allocate(100)
      let second = try arena.allocate(100)
      #expect(first == 0..<112 && second == 112..<224)
      #expect(parent.allocated == 256)
      arena.free(first)
      #expect(parent.allocated == 256)
      arena.free(startingAt: 112, size: 100)
      #expect(parent.allocated == 0)
      // Where there is no plenty, the request itself is served.
      let most = try arena.allocate(4000)
      #expect(most.count == 4000 && parent.allocated == 4000)
      let error = refusal(&arena, 112)
      #expect(error == .noRoom(asked: 112, free: 0, largestFree: 0))
      // What is still allocated when the arena ends goes back too.
    }
    #expect(parent.allocated == 0)
  }

  @Test func anImportKeepsConstraintsAndWhatDoesNotServeGoesBack() throws {
    let parent = try Arc(64..<4096)
    var arena = try VmemArena(name: "child", source: source(parent))
    let aligned = try arena.allocate(10, constraints: .init(alignment: 1024, bounds: 2000..<4096))
    #expect(aligned == 2048..<2058)
    var careless = try VmemArena(
      name: "careless", source: source(parent, keepingConstraints: false))
    let before = parent.allocated
    let error = refusal(&careless, 10, .instantFit, .init(bounds: 3000..<3010))
    #expect(error == .noRoom(asked: 10, free: 0, largestFree: 0))
    #expect(parent.allocated == before)
  }

  @Test func withoutSegmentsForASpanTheSourceIsNotAsked() throws {
    let parent = try Arc(0..<4096)
    var arena = try VmemArena(name: "child", segmentLimit: 3, source: source(parent))
    let first = try arena.allocate(10)
    #expect(first.count == 10)
    let error = refusal(&arena, 10)
    #expect(error == .tooManySegments(limit: 3))
    #expect(parent.allocated == 10)
  }

  /// A span that is larger than what was asked for needs a segment for the rest.
  @Test func aGenerousSourceUsesSegmentsUp() throws {
    let given = Mutex(0)
    let generous = VmemArena.Source { size, _ in
      given.withLock { $0 += 1 }
      return 0..<size + 4096
    } release: { _ in
      given.withLock { $0 -= 1 }
    }
    var arena = try VmemArena(name: "child", segmentLimit: 2, source: generous)
    let error = refusal(&arena, 10)
    #expect(error == .tooManySegments(limit: 2))
    let left = given.withLock { $0 }
    #expect(left == 0)
    var wider = try VmemArena(name: "child", segmentLimit: 3, source: generous)
    let range = try wider.allocate(10)
    #expect(range.count == 10)
  }

  @Test func theEndUnmapsBothTables() throws {
    let faults = FaultPlan()
    do {
      var arena = try VmemArena(
        name: "test", span: 0..<100, system: OperatingSystem(faults: faults))
      let range = try arena.allocate(10)
      #expect(range == 0..<10)
    }
    #expect(faults.count(of: .mapTable) == 2)
    #expect(faults.count(of: .unmap) == 2)
  }

  // MARK: Looking

  @Test func aWalkShowsEveryNumberOnce() throws {
    var arena = try VmemArena(name: "test", span: 0..<100, cachedSizes: 10)
    try arena.add(200..<300)
    var held: [Range<Int>] = []
    for size in [10, 20, 5, 30, 50] { held.append(try arena.allocate(size)) }
    for index in [0, 2, 3] { arena.free(held[index]) }
    let (used, free) = segments(arena)
    #expect(used == [held[1], held[4]].sorted { $0.lowerBound < $1.lowerBound })
    let all = (used + free).sorted { $0.lowerBound < $1.lowerBound }
    #expect(all.flatMap { Array($0) } == Array(0..<100) + Array(200..<300))
    var statistics = arena.statistics
    #expect(statistics.size == 200 && statistics.allocated == 70 && statistics.free == 130)
    #expect(statistics.cached == 15 && statistics.allocatedRanges == 2)
    arena.reap()
    statistics = arena.statistics
    #expect(statistics.cached == 0 && statistics.free == 130)
    let largest = segments(arena).free.map(\.count).max() ?? 0
    #expect(statistics.largestFree == largest)
    #expect(statistics.fragmentation == 1 - Double(largest) / 130)
    var spans: [Range<Int>] = []
    arena.forEachSpan { spans.append($0) }
    #expect(spans == [0..<100, 200..<300])
    let (inside, outside) = (arena.span(containing: 250), arena.span(containing: 150))
    #expect(inside == 200..<300 && outside == nil)
  }

  // MARK: Mistakes

  @Test func freeingWhatIsNotAllocatedStopsAndNamesIt() async {
    let twice = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var arena = try VmemArena(name: "extents", span: 0..<100)
      let range = try arena.allocate(20)
      arena.free(range)
      arena.free(range)
    }
    #expect(lastWords(twice, say: "VCompound: extents: cannot free 0..<20", "0 is free"))
    let half = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var arena = try VmemArena(name: "extents", span: 0..<100)
      let range = try arena.allocate(20)
      arena.free(range.prefix(10))
    }
    #expect(lastWords(half, say: "extents: 0 is freed with size 10", "allocated with size 20"))
    let bad = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let source = VmemArena.Source { _, _ in
        3..<1003
      } release: { _ in
      }
      var arena = try VmemArena(name: "extents", quantum: 8, source: source)
      _ = try arena.allocate(20)
    }
    #expect(lastWords(bad, say: "extents: cannot add 3..<1003, with quantum 8"))
  }
}

/// An arena that closures share.
private final class Arc: Sendable {
  let arena: Mutex<VmemArena>

  init(_ span: Range<Int>) throws {
    arena = Mutex(try VmemArena(name: "parent", span: span))
  }

  var allocated: Int { arena.withLock { $0.statistics.allocated } }
}
