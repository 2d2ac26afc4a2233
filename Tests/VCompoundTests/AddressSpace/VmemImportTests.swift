// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Spans that come from a source, and go back.
@Suite struct VmemImportTests {
  @Test func aSpanIsImportedWhenThereIsNoRoom() {
    let source = TestSource(1000..<2000)
    let arena = TestArena(0..<10, source: source)
    #expect(arena.allocate(10) == 0..<10)
    #expect(source.askedSizes == [])
    #expect(arena.allocate(10) == 1000..<1010)
    #expect(source.askedSizes == [10])
    #expect(arena.spans == [0..<10, 1000..<1010])
    #expect(arena.statistics.imported == 20)
  }

  @Test func aWhollyFreeImportedSpanGoesBackAndAStaticOneStays() {
    let source = TestSource(1000..<2000)
    let arena = TestArena(0..<100, source: source, smallestImport: 100)
    let ranges = arena.fill(4, of: 50)
    #expect(ranges == [0..<50, 50..<100, 1000..<1050, 1050..<1100])
    arena.free(ranges[2])
    #expect(source.released == [])
    arena.free(ranges[3])
    #expect(source.released == [1000..<1100])
    arena.free(ranges[0])
    arena.free(ranges[1])
    #expect(arena.spans == [0..<100])
    #expect(source.inUse == 0)
  }

  @Test func theSourceIsAskedForPlentyThenForTheLeast() {
    let source = TestSource(1000..<1040)
    let arena = TestArena(source: source, smallestImport: 64)
    #expect(arena.allocate(30) == 1000..<1030)
    #expect(source.askedSizes == [64, 30])
    #expect(arena.allocate(11) == nil)
    #expect(source.askedSizes == [64, 30, 64, 11])
  }

  @Test func aConstrainedRequestImportsASpanLargeEnough() {
    let source = TestSource(1001..<5000)
    let arena = TestArena(source: source)
    #expect(arena.allocate(10, alignment: 64, phase: 7) == 1031..<1041)
    #expect(source.askedSizes == [73])
    #expect(arena.allocate(60, alignment: 4, boundary: 64)?.lowerBound == 1088)
    #expect(arena.allocate(10, bounds: 3000..<3010) == 3000..<3010)
  }

  @Test func theLeastIsAskedForWithAllConstraints() {
    // There is one place only, and no room for a span that serves wherever it begins.
    let source = TestSource(1000..<1034)
    let arena = TestArena(source: source)
    #expect(arena.allocate(10, alignment: 512, boundary: 64) == 1024..<1034)
    #expect(source.askedSizes == [521, 10])
    #expect(arena.spans == [1024..<1034])
  }

  @Test func aSpanThatDoesNotServeGoesBackAtOnce() throws {
    // A source that keeps no constraints.
    let released = Lock<[Range<Int>]>([])
    let source = Vmem.Source { _ in
      100..<110
    } release: { span in
      released.withLock { $0.append(span) }
    }
    let arena = TestArena(source: source)
    #expect(try arena.orThrow(10, .instantFit, Vmem.Constraints(bounds: 0..<50)) == nil)
    #expect(released.withLock { $0 } == [100..<110, 100..<110])
    #expect(arena.statistics.imported == 0)
  }

  @Test func whatCouldNeverFitIsNotAskedFor() {
    let source = TestSource(0..<1000)
    let arena = TestArena(source: source)
    #expect(arena.allocate(Int.max) == nil)
    #expect(source.askedSizes == [])
    #expect(arena.allocate(1001, alignment: 1 << 62) == nil)
  }

  @Test func arenasAreImportedFromInARow() {
    let source = TestSource(0..<4096)
    let middle = TestArena(quantum: 16, source: source, smallestImport: 1024)
    let leaf = TestArena(quantum: 16, source: middle.asSource, smallestImport: 256)
    let ranges = (0..<200).compactMap { _ in leaf.allocate(16) }
    #expect(ranges.count == 200)
    #expect(source.inUse == 4096)
    for range in ranges { leaf.free(range) }
    #expect(source.inUse == 0)
  }

  @Test func anArenaThatEndsGivesItsSpansBack() {
    let source = TestSource(0..<1000)
    do {
      let arena = TestArena(2000..<2100, source: source)
      _ = arena.fill(5, of: 50)
      #expect(source.inUse == 150)
    }
    #expect(source.inUse == 0)
  }

  @Test func whatIsLeftOfAnImportedSpanGoesBackInParts() {
    let released = Lock<[Range<Int>]>([])
    let source = Vmem.Source { _ in
      0..<100
    } release: { span in
      released.withLock { $0.append(span) }
    }
    let arena = TestArena(source: source)
    let ranges = arena.fill(5, of: 20)
    arena.free(ranges[4])
    arena.surrender(ranges[3])
    #expect(released.withLock { $0 } == [80..<100])
    arena.surrender(ranges[1])
    arena.free(ranges[2])
    arena.free(ranges[0])
    #expect(released.withLock { $0 } == [80..<100, 40..<60, 0..<20])
    #expect(arena.spans.isEmpty)
  }
}
