// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Scattered free memory becomes one run: no mappings, no refusals, and the ceiling holds.
@Suite struct ExchangeTests {
  /// Whether memory is as much as the statistics say, and not more than the capacity.
  private func holds(_ allocator: CompoundAllocator) throws -> Bool {
    let resident = try allocator.residentByteCountOfKernel()
    return resident == allocator.statistics.resident && resident <= allocator.capacity
  }

  /// Whether a buffer of so many pages is to be had, and holds what is written.
  private func isServed(_ pages: Int, by allocator: CompoundAllocator) -> Bool {
    guard var buffer = try? allocator.allocate(pageCount: PageCount(pages)) else { return false }
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: pages) }
    return buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: pages) }
  }

  @Test(arguments: [nil, 0, 100])
  func everySizeIsServed(mappingLimit: Int?) throws {
    let allocator = try CompoundAllocator.contiguousFirst(
      .mebibytes(64), mappingLimit: mappingLimit)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    var pages = 1
    while pages <= 8192 {
      #expect(isServed(pages, by: allocator))
      #expect(try holds(allocator))
      pages *= 2
    }
    #expect(allocator.statistics.failures == 0)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func whatWasScatteredIsOneRunFromThenOn() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    for (index, page) in kept.enumerated() { writeStamps(page, pages: 1, block: index) }
    for _ in 0..<3 {
      let buffer = try allocator.allocate(pageCount: 2048)
      let isStitched = buffer.isStitched
      #expect(!isStitched)
      #expect(allocator.statistics.exchangedAllocations == 1)
    }
    #expect(allocator.statistics.mappings == 0)
    for (index, page) in kept.enumerated() {
      #expect(stampsHold(page, pages: 1, block: index))
    }
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
    // Nothing is in use: all chunks can be given back, and are fresh.
    try allocator.trim()
    #expect(try allocator.residentByteCountOfKernel() == 0)
    #expect(allocator.fragmentation.longestRun == 4096)
  }

  @Test func aBlockGrowsWithoutMappings() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(32), mappingLimit: 0)
    var buffer = try allocator.allocate(pageCount: 10)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 10, block: 7) }
    let kept = try allocator.fragment { $0 % 2 == 0 }
    try buffer.resize(toByteCount: PageCount(3000).byteCount)
    let isIntact = buffer.withUnsafeBytes {
      stampsHold(UnsafeRawBufferPointer(rebasing: $0[..<(10 * 4096)]), pages: 10, block: 7)
    }
    #expect(isIntact)
    _ = consume buffer
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test(arguments: [SystemCallKind.punchHole, .populate, .collapse], [1, 3, Int.max])
  func whatTheKernelRefusesIsNoError(call: SystemCallKind, times: Int) throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16), faults: faults)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    faults.fail(call, nth: 2, times: times, errno: ENOMEM)
    // Without memory for the fresh chunks, what has been given back is missing.
    let mayFail = call == .populate && times > 3
    for pages in [5, 700, 2048] {
      let isServed = isServed(pages, by: allocator)
      #expect(isServed || mayFail)
      #expect(try holds(allocator))
    }
    #expect(allocator.statistics.free == PageCount(2048).byteCount)
    faults.clear()
    let buffer = try allocator.allocate(pageCount: 2048)
    _ = consume buffer
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func whereTheFrameSpaceIsUsedUpItsHolesAreFilled() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let chunks = allocator.heapForTests.arena.space.rawValue / PageCount.pagesPerChunk
    var kept: [UnsafeMutableRawPointer] = []
    // A page stays in every chunk that there is, and the others give their memory back.
    while kept.count < chunks {
      var freed: [UnsafeMutableRawPointer] = []
      var seen = Set(kept.map { chunk(of: $0, in: allocator) })
      while let page = try? allocator.allocatePointer(byteCount: .page) {
        if seen.insert(chunk(of: page, in: allocator)).inserted {
          kept.append(page)
        } else {
          freed.append(page)
        }
      }
      allocator.deallocate(all: freed)
      try allocator.trim()
      #expect(try allocator.residentByteCountOfKernel() == PageCount(kept.count).byteCount)
    }
    #expect(allocator.statistics.freshFrames == 0)
    // No chunk is absent, and every page that is free can be had.
    let rest = 4096 - kept.count
    #expect(isServed(rest, by: allocator))
    #expect(try holds(allocator))
    allocator.deallocate(all: kept)
    try allocator.trim()
    let fresh = allocator.fragmentation.longestRun
    #expect(fresh == 4096)
    #expect(allocator.statistics.freshFrames == allocator.heapForTests.arena.space)
    allocator.heapForTests.validate()
  }

  private func chunk(of page: UnsafeMutableRawPointer, in allocator: CompoundAllocator) -> Int {
    let frame = allocator.heapForTests.arena.frame(containing: UInt(bitPattern: page))
    return (frame?.rawValue ?? -1) / PageCount.pagesPerChunk
  }

  @Test func aForcedBlockIsStitched() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let buffer = try allocator.allocate(pageCount: 100)
    let isStitched = buffer.isStitched
    #expect(isStitched)
    #expect(allocator.statistics.exchangedAllocations == 0)
    _ = consume buffer
    allocator.deallocate(all: kept)
  }

  @Test func itCanBeTurnedOff() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let buffer = try allocator.allocate(pageCount: 100)
    let isStitched = buffer.isStitched
    #expect(isStitched)
    _ = consume buffer
    allocator.deallocate(all: kept)
  }
}
