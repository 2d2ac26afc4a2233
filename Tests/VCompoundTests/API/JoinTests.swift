// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Buffers that are joined, one case at a time.
@Suite struct JoinTests {
  @Test func buffersApartAreMappedSideBySide() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    var first = try allocator.stamped(100, block: 7)
    let wall = try allocator.allocate(pageCount: 1)
    var second: CompoundBuffer? = try allocator.stamped(50, block: 8)
    let runs = first.runs + (second?.runs ?? [])
    let free = allocator.statistics.free
    try first.join(&second)
    #expect(first.isStitched && first.runs == runs)
    #expect(first.holds(100, block: 7) && first.holds(from: 100, 50, block: 8))
    #expect(allocator.statistics.free == free && allocator.statistics.liveBlocks == 2)
    // The window has room: a third one needs no other.
    let address = first.block.address
    var third: CompoundBuffer? = try allocator.stamped(120, block: 9)
    try first.join(&third)
    #expect(first.block.address == address && first.pageCount == 270)
    #expect(first.holds(from: 150, 120, block: 9) == true)
    _ = consume first
    _ = consume wall
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  @Test func whatDoesNotEndWithAPageIsCopied() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var first = try allocator.allocate(copying: [UInt8](repeating: 1, count: 5000))
    var second: CompoundBuffer? = try allocator.allocate(
      copying: [UInt8](repeating: 2, count: 9000), alignment: .page)
    try first.join(&second)
    var third: CompoundBuffer? = try allocator.allocate(copying: [UInt8](repeating: 3, count: 10))
    try first.join(&third)
    #expect(first.byteCount == 14_010 && allocator.statistics.liveBlocks == 1)
    let isRight = first.withUnsafeBytes { bytes in
      bytes.enumerated().allSatisfy { $1 == ($0 < 5000 ? 1 : $0 < 14_000 ? 2 : 3) }
    }
    #expect(isRight)
    _ = consume first
    allocator.heapForTests.validate()
  }

  @Test func withoutMappingsTheSecondBufferIsCopied() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4), mappingLimit: 2)
    var first = try allocator.stamped(100, block: 10)
    let wall = try allocator.allocate(pageCount: 1)
    var second: CompoundBuffer? = try allocator.stamped(50, block: 11)
    try first.join(&second)
    #expect(!first.isStitched && first.pageCount == 150)
    #expect(first.holds(100, block: 10) && first.holds(from: 100, 50, block: 11))
    #expect(allocator.statistics.mappings == 0 && allocator.statistics.failures == 0)
    _ = consume wall
    allocator.heapForTests.validate()
  }

  @Test func whereNothingIsLeftBothStayAsTheyWere() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), mappingLimit: 2)
    var first = try allocator.stamped(200, block: 12)
    let wall = try allocator.allocate(pageCount: 100)
    var second: CompoundBuffer? = try allocator.stamped(200, block: 13)
    let runs = (first.runs, second?.runs)
    #expect(throws: CompoundError.mappingBudget(needed: 3, available: 2, limit: 2)) {
      try first.join(&second)
    }
    #expect(first.runs == runs.0)
    let others = second?.runs
    #expect(others == runs.1)
    guard let other = second.take() else { return }
    #expect(other.holds(200, block: 13) && first.holds(200, block: 12))
    let refusals = allocator.statistics.refusals
    #expect(refusals.mappings == 1 && refusals.total == 1)
    #expect(wall.pageCount == 100)
    allocator.heapForTests.validate()
  }

  @Test func aPolicyThatNeverStitchesCopies() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .never
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    var first = try allocator.stamped(10, block: 14)
    let wall = try allocator.allocate(pageCount: 1)
    var second: CompoundBuffer? = try allocator.stamped(10, block: 15)
    try first.join(&second)
    #expect(!first.isStitched && first.runs.count == 1)
    #expect(first.holds(10, block: 14) && first.holds(from: 10, 10, block: 15))
    _ = consume wall
    allocator.heapForTests.validate()
  }

  /// Where stitching is forced and mappings are used up, pages side by side are a buffer as they
  /// are; it counts as one that was not stitched.
  @Test func pagesSideBySideAreNotCopiedForWantOfMappings() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    configuration.mappingLimit = 4
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    var slots = PageSlots(count: 16, allocator: allocator)
    _ = try allocator.allocate(into: &slots, demand: .all)
    let addresses = (0..<16).map { UInt(bitPattern: slots.baseAddress(at: $0)) }.sorted()
    try #require(addresses[15] - addresses[0] == 15 * 4096)
    // In the order of their addresses, which is that of one run.
    var sorted = PageSlots(count: 16, allocator: allocator)
    for index in 0..<16 {
      if let page = slots.take(at: index) {
        let address = page.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
        sorted.put(page, at: Int(address - addresses[0]) / 4096)
      }
    }
    let hogs = [DropBox(try allocator.allocate(pageCount: 2))]
    let before = allocator.statistics.unforcedAllocations
    let joined = try CompoundBuffer(joining: &sorted)
    #expect(!joined.isStitched && joined.block.address == addresses[0])
    #expect(allocator.statistics.unforcedAllocations == before + 1)
    allocator.heapForTests.validate()
    withExtendedLifetime(hogs) {}
  }

  /// What is copied for want of mappings, though stitching is forced, counts once.
  @Test func aForcedJoinThatIsCopiedCountsOnce() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    configuration.mappingLimit = 2
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    var first = try allocator.allocate(pageCount: 10)
    let wall = try allocator.allocate(pageCount: 10)
    var second: CompoundBuffer? = try allocator.allocate(pageCount: 10)
    let before = allocator.statistics.unforcedAllocations
    try first.join(&second)
    let isStitched = first.isStitched
    #expect(!isStitched)
    #expect(allocator.statistics.unforcedAllocations == before + 1)
    _ = consume wall
    _ = consume first
    allocator.heapForTests.validate()
  }
}
