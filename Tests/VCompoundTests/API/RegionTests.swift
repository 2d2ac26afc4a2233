// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Regions: blocks side by side, given back at once.
@Suite struct RegionTests {
  @Test func blocksDoNotOverlapAndAreAligned() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(64))
    var region = CompoundRegion(allocator: allocator)
    var random = SeededGenerator(seed: 1)
    for round in 0..<4 {
      var blocks: [UnsafeMutableRawBufferPointer] = []
      var total = 0
      for index in 0..<3000 {
        let isLarge = index % 500 == 499
        let size = Int.random(in: 1...(isLarge ? 3_000_000 : 700), using: &random)
        let alignment = 1 << Int.random(in: 0...(isLarge ? 16 : 12), using: &random)
        let start = try region.allocatePointer(
          byteCount: ByteCount(size), alignment: ByteCount(alignment))
        #expect(UInt(bitPattern: start) % UInt(alignment) == 0)
        let block = UnsafeMutableRawBufferPointer(start: start, count: size)
        block.initializeMemory(as: UInt8.self, repeating: UInt8(truncatingIfNeeded: index))
        blocks.append(block)
        total += size
      }
      let areWhole = blocks.enumerated().allSatisfy { index, block in
        block.first == UInt8(truncatingIfNeeded: index) && block.last == block.first
      }
      #expect(areWhole)
      #expect(region.byteCount == ByteCount(total))
      #expect(region.footprint >= region.byteCount)
      #expect(allocator.statistics.live == region.footprint)
      let footprint = region.footprint
      region.removeAll(keepingCapacity: round % 2 == 0)
      #expect(region.byteCount == 0)
      #expect(region.footprint == (round % 2 == 0 ? footprint : 0))
    }
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  @Test func extentsGrowUpToABound() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    let region = CompoundRegion(allocator: allocator)
    #expect(region.footprint == 0)
    var steps: [Int] = []
    while region.footprint < .mebibytes(20) {
      let before = region.footprint
      _ = try region.allocate(byteCount: 1000)
      if region.footprint > before { steps.append((region.footprint - before).rawValue >> 10) }
    }
    #expect(steps == [64, 64, 128, 256, 512, 1024, 2048, 4096, 4096, 4096, 4096])
    // A thousand bytes at addresses that are multiples of 16, and a quarter of an extent at most.
    #expect(region.footprint.rawValue - region.byteCount.rawValue < 4_600_000)
  }

  @Test func largeBlocksHaveExtentsOfTheirOwn() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    let region = CompoundRegion(allocator: allocator)
    let first = try region.allocatePointer(byteCount: 100)
    _ = try region.allocatePointer(byteCount: .kibibytes(300))
    #expect(region.footprint == .kibibytes(364))
    // The first extent serves on.
    #expect(try region.allocatePointer(byteCount: 100) == first + 112)
    _ = try region.allocatePointer(byteCount: 1, alignment: .mebibytes(4))
    #expect(region.footprint == .kibibytes(368))
  }

  @Test func elementsAreWhatTheyWereMadeOf() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let region = CompoundRegion(allocator: allocator)
    var numbers = try region.allocate(count: 100, of: Int.self)
    var flags = try region.allocate(repeating: true, count: 3)
    let copy = try region.allocate(copying: [1.5, 2.5].span)
    for index in numbers.indices { numbers[index] = index }
    flags[1] = false
    let sum = numbers.indices.reduce(0) { $0 + numbers[$1] }
    #expect(sum == 4950)
    #expect(flags[0] && !flags[1] && flags[2])
    #expect(copy.count == 2 && copy[0] == 1.5 && copy[1] == 2.5)
    let none = try region.allocate(count: 0, of: Int.self)
    #expect(none.count == 0)
    #expect(region.byteCount == 819)
    let pointer = try region.allocatePointer(count: 7, of: UInt16.self)
    pointer.initialize(repeating: 9, count: 7)
    #expect(pointer[6] == 9)
  }

  // MARK: Refusals

  @Test func aRegionFillsTheArena() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 3 != 0 }
    let free = allocator.statistics.free
    var region = CompoundRegion(allocator: allocator)
    var count = 0
    while (try? region.allocatePointer(byteCount: 4096, alignment: 4096)) != nil { count += 1 }
    #expect(ByteCount(count * 4096) == free && region.footprint == free)
    #expect(allocator.statistics.free == 0)
    #expect(allocator.statistics.failures == 1)
    #expect(throws: CompoundError.self) { _ = try region.allocatePointer(byteCount: 1) }
    #expect(region.byteCount == free)
    region.removeAll()
    allocator.drainCaches()
    #expect(allocator.statistics.free == free)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func theLimitIsMetToThePage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var region = CompoundRegion(allocator: allocator, limit: 1_000_000)
    #expect(region.limit == .kibibytes(976))
    var count = 0
    var refusal: CompoundError?
    while refusal == nil {
      do throws(CompoundError) {
        _ = try region.allocatePointer(byteCount: 4096)
        count += 1
      } catch {
        refusal = error
      }
    }
    #expect(count == 244 && region.footprint == .kibibytes(976))
    #expect(
      refusal == .outOfMemory(asked: 1, free: 0, largestRun: 0, limit: .region))
    #expect(allocator.statistics.failures == 0)
    // What it keeps for small blocks goes where a large one needs the pages.
    region.removeAll(keepingCapacity: true)
    _ = try region.allocatePointer(byteCount: 999_424)
    #expect(region.footprint == .kibibytes(976))
    #expect(
      throws: CompoundError.outOfMemory(asked: 2, free: 0, largestRun: 0, limit: .region)
    ) { _ = try region.allocatePointer(byteCount: 4097) }
  }

  @Test func whatIsKeptServesAgain() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    var region = CompoundRegion(allocator: allocator)
    var addresses: Set<UnsafeMutableRawPointer> = []
    var footprint: ByteCount = 0
    for round in 0..<5 {
      for size in [100, 500_000, 2000, 70_000, 9_000] {
        let start = try region.allocatePointer(byteCount: ByteCount(size))
        if round == 0 { addresses.insert(start) }
      }
      if round == 0 { footprint = region.footprint }
      #expect(region.footprint == footprint && allocator.statistics.live == footprint)
      region.removeAll(keepingCapacity: true)
    }
    #expect(addresses.contains(try region.allocatePointer(byteCount: 500_000)))
  }

  @Test func sizesThatCannotBeAreRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let region = CompoundRegion(allocator: allocator)
    _ = try region.allocate(byteCount: 1)
    for size in [ByteCount(0), -1, .mebibytes(8) + 1, ByteCount(.max)] {
      #expect(throws: CompoundError.invalidSize(size, capacity: .mebibytes(8))) {
        _ = try region.allocatePointer(byteCount: size)
      }
    }
    for alignment in [ByteCount(0), -16, 3, .gibibytes(2), ByteCount(.min)] {
      #expect(throws: CompoundError.invalidAlignment(alignment)) {
        _ = try region.allocatePointer(byteCount: 1, alignment: alignment)
      }
    }
    #expect(throws: CompoundError.sizeOverflow(count: .max, stride: 8)) {
      _ = try region.allocatePointer(count: .max, of: Int.self)
    }
    #expect(region.byteCount == 1)
  }

  @Test func aLimitOfLessThanAPage() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      let region = CompoundRegion(allocator: allocator, limit: 4095)
      _ = region.footprint
    }
    #expect(lastWords(result, say: "a region of at most 4095 bytes"))
  }

  // MARK: Lifetime

  @Test func aRegionKeepsTheArenaAlive() throws {
    var allocator: CompoundAllocator? = try .ofBuild(.mebibytes(8))
    let region = allocator.map { CompoundRegion(allocator: $0) }
    allocator = nil
    let block = try region?.allocatePointer(byteCount: 100)
    block?.storeBytes(of: 7, as: Int.self)
    #expect(block?.load(as: Int.self) == 7)
  }

  @Test func secretsAreWipedAlsoWhereMemoryIsKept() throws {
    var configuration = AllocatorConfiguration()
    configuration.wipesFreedMemory = true
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    var region = CompoundRegion(allocator: allocator)
    let secret = try region.allocatePointer(byteCount: 100)
    secret.initializeMemory(as: UInt8.self, repeating: 0x5A, count: 100)
    region.removeAll(keepingCapacity: true)
    let bytes = UnsafeRawBufferPointer(start: secret, count: 100)
    #expect(bytes.allSatisfy { $0 == 0 })
  }

  @Test func aRegionGoesFromThreadToThread() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(32))
    let region = Mutex(CompoundRegion(allocator: allocator))
    let failures = EventCounter()
    onThreads(4) { index in
      let own = CompoundRegion(allocator: allocator)
      for round in 0..<1000 {
        let size = ByteCount(1 + (round * 37 + index) % 3000)
        let isDone = region.withLock { region in
          if round % 200 == 199 { region.removeAll(keepingCapacity: round % 400 == 199) }
          return (try? region.allocate(repeating: UInt8(index), count: size.rawValue))?.count
            == size.rawValue
        }
        let isOwn = (try? own.allocate(repeating: UInt8(index), count: 100))?[99] == UInt8(index)
        if !isDone || !isOwn { failures.add() }
      }
    }
    #expect(failures.value == 0)
    region.withLock { $0.removeAll() }
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  /// Without a limit of its own it is the arena's that is met, with the arena's figures.
  @Test func withoutALimitTheArenaRefuses() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    let region = CompoundRegion(allocator: allocator)
    _ = try region.allocatePointer(byteCount: .mebibytes(2))
    let other = try allocator.allocate(byteCount: .mebibytes(1))
    #expect(
      throws: CompoundError.outOfMemory(asked: 768, free: 256, largestRun: 256, limit: .capacity)
    ) {
      _ = try region.allocatePointer(byteCount: .mebibytes(3))
    }
    _ = consume other
  }
}
