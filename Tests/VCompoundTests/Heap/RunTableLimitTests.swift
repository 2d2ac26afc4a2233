// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Requests for more runs than the heap's table of runs has room for: more than there could be
/// mappings for, so they meet the limit on those.
@Suite struct RunTableLimitTests {
  /// An arena with as many pages in use as single free ones between them, and room for more.
  private func fragmented(
    _ capacity: ByteCount
  ) throws -> (CompoundAllocator, kept: [UnsafeMutableRawPointer]) {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mappingLimit = 20
    configuration.mayExchange = false
    configuration.residencySlack = 0
    let allocator = try CompoundAllocator(capacity: capacity, configuration: configuration)
    var kept: [UnsafeMutableRawPointer] = []
    var freed: [UnsafeMutableRawPointer] = []
    for number in 0..<16_384 {
      let page = try allocator.allocatePointer(byteCount: .page, alignment: .page)
      if number % 2 == 0 { freed.append(page) } else { kept.append(page) }
    }
    allocator.deallocate(all: freed)
    return (allocator, kept)
  }

  private func meetsTheLimit(_ request: () throws -> Void) -> Bool {
    do {
      try request()
      return false
    } catch CompoundError.mappingBudget(_, _, limit: 20) {
      return true
    } catch {
      return false
    }
  }

  @Test func theErrorNamesTheMappings() throws {
    let (allocator, kept) = try fragmented(.mebibytes(64))
    for pages in [100, 5_000] {
      #expect(meetsTheLimit { _ = try allocator.allocate(pageCount: PageCount(pages)) })
    }
    #expect(allocator.statistics.free == .mebibytes(32))
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func freshMemoryServesInOnePiece() throws {
    let (allocator, kept) = try fragmented(.mebibytes(96))
    for pages in [100, 5_000] {
      let buffer = try allocator.allocate(pageCount: PageCount(pages))
      let isStitched = buffer.isStitched
      #expect(!isStitched)
    }
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func aBlockThatGrowsMeetsTheSameLimit() throws {
    let (allocator, kept) = try fragmented(.mebibytes(64))
    var buffer = try allocator.allocate(pageCount: 1)
    #expect(meetsTheLimit { try buffer.resize(toByteCount: PageCount(5_000).byteCount) })
    let byteCount = buffer.byteCount
    #expect(byteCount == .page)
    _ = consume buffer
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }
}
