// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks from scattered frames: that they are what they say, and leave nothing behind.
@Suite struct StitchingTests {
  @Test func theLastScatteredPagesMakeOneBuffer() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    #expect(allocator.statistics.free == .mebibytes(4))

    var buffer = try allocator.allocate(byteCount: .mebibytes(4))
    #expect(buffer.isStitched == true)
    #expect(allocator.statistics.free == 0)
    let runs = buffer.runs
    #expect(runs.count == 1024)
    #expect(runs.allSatisfy { $0.first.rawValue % 2 == 0 && $0.pageCount == 1 })
    buffer.withUnsafeMutableBytes { bytes in
      writeStamps(bytes, pages: 1024, block: 5)
    }
    // The same bytes through the linear map, frame by frame.
    for page in 0..<1024 {
      let alias = allocator.address(of: buffer.frame(ofPage: page))
      #expect(alias.load(as: UInt64.self) == stamp(5, page: page))
    }
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func freeingAStitchedBlockLeavesNothingBehind() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
    let kernel = KernelView(allocator)
    let kept = try allocator.fragment { $0 % 2 == 1 }
    for _ in 0..<5 {
      let buffer = try allocator.allocate(byteCount: .mebibytes(2))
      #expect(kernel.mappings.count == 1 + 512)
      #expect(allocator.statistics.mappings >= 512)
      _ = buffer.byteCount
    }
    allocator.heapForTests.windows.tearDownRetired()
    #expect(kernel.mappings.count == 1)
    #expect(allocator.statistics.mappings == 0)
    #expect(allocator.statistics.liveWindows == 0)
    allocator.deallocate(all: kept)
    #expect(allocator.statistics.free == .mebibytes(4))
    allocator.heapForTests.validate()
  }

  @Test func theLongestRunsAreUsedFirst() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
    // Free: frames 0 ..< 100, and every other frame behind 200.
    let kept = try allocator.fragment { $0 < 100 || $0 > 200 && $0 % 2 == 0 }
    let buffer = try allocator.allocate(pageCount: 120)
    let runs = buffer.runs
    #expect(runs.count == 21)
    #expect(runs[0] == FrameRun(first: PageFrame(0), pageCount: 100))
    _ = consume buffer
    allocator.deallocate(all: kept)
  }

  @Test func wholeChunksKeepTheirHugeMapping() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(12))
    // Chunks 1 and 4 free, and one page elsewhere.
    let kept = try allocator.fragment { $0 / 512 == 1 || $0 / 512 == 4 || $0 == 3000 }
    var buffer = try allocator.allocate(pageCount: 1025)
    #expect(buffer.runs.count == 3)
    #expect(buffer.block.address % UInt(2 << 20) == 0)
    buffer.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 1) }
    let linear = allocator.heapForTests.arena.linearMap.address
    let huge = KernelView.byteCount("ShmemPmdMapped", at: linear) ?? 0
    let inWindow = KernelView.byteCount("ShmemPmdMapped", at: buffer.block.address) ?? 0
    // Where the kernel gave huge pages at all, the window has them too.
    #expect(huge == 0 || inWindow == 2 << 20, "linear \(huge), window \(inWindow)")
    _ = consume buffer
    allocator.deallocate(all: kept)
  }

  @Test func windowsAreNotReusedBeforeTheirSpanIs() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.keptMappings = 1
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    var seen: Set<UInt> = []
    for _ in 0..<200 {
      let buffer = try allocator.allocate(pageCount: 2)
      #expect(seen.insert(buffer.block.address).inserted)
    }
    allocator.deallocate(all: kept)
  }

  @Test func stitchedBlocksCanBeAligned() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    for shift in 12...30 {
      let buffer = try allocator.allocate(pageCount: 3, alignment: ByteCount(1 << shift))
      #expect(buffer.isStitched == true)
      #expect(buffer.block.address % (1 << UInt(shift)) == 0)
    }
    allocator.deallocate(all: kept)
  }

  @Test func aSinglePageWithAnAlignmentThatNoFreeFrameHasIsMapped() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(2))
    let kept = try allocator.fragment { $0 == 1 }
    let buffer = try allocator.allocate(pageCount: 1, alignment: .kibibytes(8))
    #expect(buffer.isStitched == true)
    #expect(buffer.block.address % 8192 == 0)
    _ = consume buffer
    allocator.deallocate(all: kept)
  }

  @Test func residentMemoryIsStitchedBeforeFreshMemoryIsTouched() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.residencySlack = 0
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(64), configuration: configuration)
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<512 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    #expect(allocator.statistics.resident == .mebibytes(2))
    for index in stride(from: 0, to: 512, by: 2) { allocator.deallocate(pages[index]) }
    let buffer = try allocator.allocate(pageCount: 256)
    #expect(buffer.isStitched == true)
    #expect(allocator.statistics.resident == .mebibytes(2))
    // One page more than is free and resident: now a chunk has to be made resident.
    let more = try allocator.allocate(pageCount: 1)
    #expect(allocator.statistics.resident == .mebibytes(4))
    _ = consume buffer
    _ = consume more
    for index in stride(from: 1, to: 512, by: 2) { allocator.deallocate(pages[index]) }
  }

  @Test func freshMemoryIsTouchedWithinTheSlackRatherThanStitching() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.residencySlack = 0.25
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(64), configuration: configuration)
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<2048 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    for index in stride(from: 0, to: 2048, by: 2) { allocator.deallocate(pages[index]) }
    // 2,048 pages were in use at once; a quarter more may be resident, which is one chunk.
    let first = try allocator.allocate(pageCount: 500)
    #expect(first.isStitched == false)
    #expect(allocator.statistics.resident == .mebibytes(10))
    let second = try allocator.allocate(pageCount: 500)
    #expect(second.isStitched == true)
    #expect(allocator.statistics.resident == .mebibytes(10))
    _ = consume first
    _ = consume second
    for index in stride(from: 1, to: 2048, by: 2) { allocator.deallocate(pages[index]) }
    allocator.heapForTests.validate()
  }

  @Test func theMappingBudgetIsARefusalThatSaysSo() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.mappingLimit = 100
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(2), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let small = try allocator.allocate(pageCount: 40)
    #expect(
      throws: CompoundError.mappingBudget(needed: 121, available: 59, limit: 100)
    ) { try allocator.allocate(pageCount: 120).pageCount }
    #expect(allocator.statistics.free == PageCount(216).byteCount)
    _ = consume small
    // Retired windows make room, whoever they were.
    let large = try allocator.allocate(pageCount: 99)
    _ = consume large
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func withoutMappingsFreshMemoryServesInOnePiece() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .whenNeeded
    configuration.mappingLimit = 10
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(8), configuration: configuration)
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<512 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    for index in stride(from: 0, to: 512, by: 2) { allocator.deallocate(pages[index]) }
    let buffer = try allocator.allocate(pageCount: 200)
    #expect(buffer.isStitched == false)
    _ = consume buffer
    for index in stride(from: 1, to: 512, by: 2) { allocator.deallocate(pages[index]) }
    allocator.heapForTests.validate()
  }

  @Test func forcedBlocksAreInOnePieceWhereMappingsAreUsedUp() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    configuration.fallback = .always
    configuration.mappingLimit = 5
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(2), configuration: configuration)
    let first = try allocator.allocatePointer(byteCount: .kibibytes(8))
    let second = try allocator.allocatePointer(byteCount: .kibibytes(8))
    #expect(allocator.block(containing: first)?.isStitched == true)
    #expect(allocator.block(containing: second)?.isStitched == false)
    #expect(allocator.statistics.unforcedAllocations == 1)
    allocator.deallocate(first)
    allocator.deallocate(second)
    let third = try allocator.allocatePointer(byteCount: .kibibytes(8))
    #expect(allocator.block(containing: third)?.isStitched == true)
    allocator.deallocate(third)
    allocator.heapForTests.validate()
  }
}
