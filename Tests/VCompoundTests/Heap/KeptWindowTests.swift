// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Windows whose blocks are gone, and which serve again if their frames are still free.
@Suite struct KeptWindowTests {
  private func allocator(_ faults: FaultPlan? = nil) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.keptMappings = 1000
    configuration.faultPlan = faults
    return try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
  }

  @Test func theSameSizeAgainTakesNoSystemCall() throws {
    let faults = FaultPlan()
    let allocator = try allocator(faults)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let first = try allocator.allocatePointer(byteCount: PageCount(50).byteCount)
    let frames = (0..<50).map { allocator.frame(ofPage: $0, inBlockContaining: first) }
    allocator.deallocate(first)
    let calls = SystemCallKind.allCases.map { faults.count(of: $0) }
    let second = try allocator.allocatePointer(byteCount: PageCount(50).byteCount)
    #expect(second == first)
    let now = SystemCallKind.allCases.map { faults.count(of: $0) }
    let barriers = SystemCallKind.allCases.map { $0 == .barrier }
    #expect(zip(zip(calls, now), barriers).allSatisfy { $0.0 == $0.1 || $1 })
    #expect((0..<50).map { allocator.frame(ofPage: $0, inBlockContaining: second) } == frames)
    writeStamps(second, pages: 50, block: 1)
    #expect(stampsHold(second, pages: 50, block: 1))
    allocator.deallocate(second)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func aWindowWhoseFramesAreInUseIsNotUsedAgain() throws {
    let allocator = try allocator()
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let first = try allocator.allocatePointer(byteCount: PageCount(50).byteCount)
    let frame = try #require(allocator.frame(ofPage: 0, inBlockContaining: first))
    allocator.deallocate(first)
    // Others take frames of it.
    var pages: [UnsafeMutableRawPointer] = []
    while allocator.heapForTests.pages.read({ !$0.frames.isUsed(frame) }) {
      pages.append(try allocator.allocatePointer(byteCount: .page))
    }
    for (index, page) in pages.enumerated() { writeStamps(page, pages: 1, block: index) }
    let second = try allocator.allocatePointer(byteCount: PageCount(50).byteCount)
    #expect(second != first)
    writeStamps(second, pages: 50, block: -1)
    #expect(pages.indices.allSatisfy { stampsHold(pages[$0], pages: 1, block: $0) })
    allocator.deallocate(second)
    allocator.deallocate(all: pages)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func keptWindowsHoldNoFramesAndAreGivenUpForMappings() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.keptMappings = 1000
    configuration.mappingLimit = 120
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(2), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    allocator.deallocate(try allocator.allocatePointer(byteCount: PageCount(100).byteCount))
    #expect(allocator.statistics.retiredWindows == 1)
    #expect(allocator.statistics.free == PageCount(256).byteCount)
    let other = try allocator.allocatePointer(byteCount: PageCount(110).byteCount)
    #expect(allocator.statistics.retiredWindows == 0)
    allocator.deallocate(other)
    try allocator.trim()
    #expect(allocator.statistics.mappings == 0)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func theAlignmentOfAKeptWindowCounts() throws {
    let allocator = try allocator()
    let kept = try allocator.fragment { $0 % 2 == 0 }
    for shift in [12, 13, 16, 21, 12, 21] {
      let alignment = ByteCount(1 << shift)
      let block = try allocator.allocatePointer(byteCount: .kibibytes(12), alignment: alignment)
      #expect(UInt(bitPattern: block) % UInt(alignment.rawValue) == 0)
      allocator.deallocate(block)
    }
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }
}
