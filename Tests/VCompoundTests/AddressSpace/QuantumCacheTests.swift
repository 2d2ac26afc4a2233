// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Small ranges that wait in front of the tags.
@Suite struct QuantumCacheTests {
  @Test func theYoungestRangeOfASizeIsUsedFirst() {
    let arena = TestArena(0..<100, cachedSizes: 4)
    let ranges = arena.fill(10, of: 3)
    for index in [2, 7, 4] { arena.free(ranges[index]) }
    #expect(arena.statistics.cached == 9)
    #expect(arena.statistics.inUse == 21)
    #expect(arena.allocatedCount == 7)
    #expect(arena.allocate(3) == ranges[4])
    #expect(arena.allocate(3, .bestFit) == ranges[7])
    #expect(arena.allocate(2) == 30..<32)
    #expect(arena.allocate(3) == ranges[2])
    #expect(arena.statistics.cached == 0)
  }

  @Test func constrainedRequestsAndNextFitLeaveRangesThere() {
    let arena = TestArena(0..<100, cachedSizes: 4)
    let range = arena.allocate(4)
    arena.free(range)
    #expect(arena.allocate(4, alignment: 2) == 4..<8)
    #expect(arena.allocate(4, .nextFit) == 8..<12)
    #expect(arena.allocate(4, bounds: 0..<50) == 12..<16)
    #expect(arena.allocate(4) == 0..<4)
  }

  @Test func aCacheHoldsAFewRanges() {
    let arena = TestArena(0..<1000, cachedSizes: 1)
    let ranges = arena.fill(100, of: 1)
    for range in ranges { arena.free(range) }
    #expect(arena.statistics.cached == 16)
    #expect(arena.statistics.largestFree == 984)
    arena.reap()
    #expect(arena.gaps == [0..<1000])
    #expect(arena.statistics.cached == 0)
  }

  @Test func largerRangesAreMergedAtOnce() {
    let arena = TestArena(0..<128, quantum: 8, cachedSizes: 2)
    arena.free(arena.allocate(17))
    #expect(arena.statistics.cached == 0)
    arena.free(arena.allocate(16))
    #expect(arena.statistics.cached == 16)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func nothingHidesFromARequest(policy: Vmem.Policy) {
    let source = TestSource(1000..<2000)
    let arena = TestArena(0..<16, cachedSizes: 4, source: source)
    for range in arena.fill(8, of: 2) { arena.free(range) }
    #expect(arena.allocate(16, policy) == 0..<16)
    // The caches were emptied before anything was imported.
    #expect(source.askedSizes == [])
  }

  @Test func nothingHidesFromTheSource() {
    let source = TestSource(1000..<2000)
    let arena = TestArena(0..<8, cachedSizes: 4, source: source, smallestImport: 16)
    let ranges = arena.fill(12, of: 2)
    #expect(ranges[4].lowerBound == 1000)
    for range in ranges[0..<11] { arena.free(range) }
    #expect(source.released == [])
    arena.free(ranges[11])
    #expect(source.released == [1000..<1016])
    // Those of the other span still are in their cache.
    #expect(arena.statistics.cached == 8)
    #expect(arena.spans == [0..<8])
  }
}
