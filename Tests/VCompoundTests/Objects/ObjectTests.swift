// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

@Suite struct ObjectTests {
  @Test func smallBlocksShareAPage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let blocks = try (0..<20).map { _ in try allocator.allocatePointer(byteCount: 100) }
    #expect(Set(blocks).count == 20)
    #expect(Set(blocks.map { UInt(bitPattern: $0) >> 12 }).count == 1)
    #expect(allocator.statistics.live == .page)
    #expect(allocator.statistics.slabs == .page)
    #expect(allocator.statistics.liveObjects == 20)
    #expect(allocator.statistics.liveBlocks == 20)
    allocator.deallocate(all: blocks)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    #expect(allocator.statistics.slabs == 0)
    allocator.heapForTests.validate()
  }

  /// An eighth of the capacity, and of each size a few.
  @Test(arguments: [1, 16, 100])
  func ofASmallArenaThreadsKeepLittle(mebibytes: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(mebibytes))
    let heap = allocator.heapForTests
    for _ in 0..<3 {
      var room = 0
      for kind in 0..<SizeClass.count where SizeClass.byteCount(kind) <= heap.policy.objectLimit {
        let size = SizeClass.byteCount(kind)
        var blocks: [UnsafeMutableRawPointer] = []
        for _ in 0..<min(200, mebibytes << 19 / size) {
          blocks.append(try allocator.allocatePointer(byteCount: ByteCount(size)))
        }
        allocator.deallocate(all: blocks)
        room += max(2, 128 / size) * size
      }
      var kept = 0
      heap.threads.withAll { forEach in
        forEach { cache in
          kept = 0
          for kind in 0..<SizeClass.count {
            kept += ObjectMagazines(of: cache)[kind].capacity * SizeClass.byteCount(kind)
          }
          #expect(kept == cache.pointee.objectRoom.load(ordering: .relaxed))
        }
      }
      if !CheckedBuild.isOn { #expect(kept > mebibytes << 14) }
      #expect(kept <= mebibytes << 17 + room)
      // What is emptied has no room, and gets some again.
      allocator.drainCaches()
    }
  }

  /// The objects of 100 bytes in all threads' magazines.
  private func kept(_ allocator: CompoundAllocator) -> Int {
    let kind = SizeClass.covering(100 + ObjectChecks.redzone)
    return allocator.heapForTests.threads.withAll { forEach in
      var kept = 0
      forEach { kept += ObjectMagazines(of: $0)[kind].count }
      return kept
    }
  }

  /// Bursts of a hundred objects go through a thread's magazine.
  @Test func aMagazineGrowsWithBursts() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    for _ in 0..<10 {
      let blocks = try (0..<100).map { _ in try allocator.allocatePointer(byteCount: 100) }
      allocator.deallocate(all: blocks)
    }
    #expect(kept(allocator) >= 100)
  }

  /// What a thread frees that allocates none of it is for others.
  @Test func aThreadThatOnlyFreesKeepsSixteen() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let blocks = try (0..<200).map { _ in
      UInt(bitPattern: try allocator.allocatePointer(byteCount: 100))
    }
    let before = kept(allocator)
    onThreads(1) { _ in
      for block in blocks {
        if let block = UnsafeMutableRawPointer(bitPattern: block) { allocator.deallocate(block) }
      }
      #expect((1...16).contains(kept(allocator) - before))
    }
  }

  @Test func fiveThousandBytesDoNotCostTwoPages() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(256))
    var blocks: [UnsafeMutableRawPointer] = []
    for _ in 0..<600 { blocks.append(try allocator.allocatePointer(byteCount: 5000)) }
    #expect(allocator.statistics.live.rawValue < 600 * 5800)
    allocator.deallocate(all: blocks)
  }

  @Test func alignmentIsNaturalOrWhatIsAsked() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var blocks: [UnsafeMutableRawPointer] = []
    for size in [1, 7, 8, 9, 15, 16, 17, 100, 1000, 4000, 5000, 31_000] {
      let block = try allocator.allocatePointer(byteCount: ByteCount(size))
      #expect(UInt(bitPattern: block) % (size < 16 ? 8 : 16) == 0)
      blocks.append(block)
      for alignment in (0...12).map({ 1 << $0 }) {
        let block = try allocator.allocatePointer(
          byteCount: ByteCount(size), alignment: ByteCount(alignment))
        #expect(UInt(bitPattern: block) % UInt(alignment) == 0)
        allocator.deallocate(block, byteCount: ByteCount(size))
      }
    }
    allocator.deallocate(all: blocks)
    allocator.heapForTests.validate()
  }

  @Test(arguments: [1, 8, 100, 2000, 5000, 31_000])
  func zeroedBlocksReadZeroAlsoInUsedMemory(size: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for _ in 0..<3 {
      var buffer = try allocator.allocate(byteCount: ByteCount(size), zeroed: true)
      let isZero = buffer.withUnsafeMutableBytes { bytes in
        let isZero = bytes.allSatisfy { $0 == 0 }
        bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
        return isZero
      }
      #expect(isZero)
    }
  }

  @Test func memoryIsWipedOnFreeWhereThatIsAsked() throws {
    var configuration = AllocatorConfiguration()
    configuration.wipesFreedMemory = true
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    let other = try allocator.allocatePointer(byteCount: 100)
    let block = try allocator.allocatePointer(byteCount: 100)
    block.initializeMemory(as: UInt8.self, repeating: 7, count: 100)
    allocator.deallocate(block)
    // The arena is mapped still; reading it is for tests only.
    #expect(UnsafeRawBufferPointer(start: block, count: 100).allSatisfy { $0 == 0 })
    allocator.deallocate(other)
  }

  @Test func anyAddressInABlockFindsIt() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for size in [1, 100, 5000, 30_000] {
      let neighbour = try allocator.allocatePointer(byteCount: ByteCount(size))
      let block = try allocator.allocatePointer(byteCount: ByteCount(size))
      for offset in [0, size / 2, size - 1] {
        let found = try #require(allocator.block(containing: block + offset))
        #expect(found.baseAddress == block)
        #expect(found.offset == ByteCount(offset))
        if CheckedBuild.isOn { #expect(found.byteCount == ByteCount(size)) }
        #expect(found.byteCount >= ByteCount(size))
        #expect(allocator.owns(block + offset))
      }
      let frame = try #require(allocator.frame(ofPage: 0, inBlockContaining: block))
      if allocator.block(containing: block)?.isStitched == false {
        let start = UInt(bitPattern: allocator.address(of: frame))
        #expect(UInt(bitPattern: block) - start < 4096)
      }
      allocator.deallocate(block)
      #expect(allocator.block(containing: block) == nil)
      allocator.deallocate(neighbour)
    }
  }

  @Test func buffersOfSlabsHaveRuns() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(256))
    let first = try allocator.allocate(byteCount: 5000)
    var buffer = try allocator.allocate(byteCount: 5000)
    #expect(buffer.isStitched == false && buffer.order == nil)
    #expect(buffer.runs.count == 1)
    #expect(buffer.runs[0].pageCount == buffer.pageCount)
    let vectors = buffer.ioVectors()
    #expect(vectors.count == 1)
    #expect(vectors[0].iov_base == buffer.baseAddress && vectors[0].iov_len == 5000)
    #expect(buffer.bytes.byteCount == 5000)
    var words = buffer.mutableSpan(of: UInt64.self)
    words[624] = 5
    #expect(buffer.span(of: UInt64.self)[624] == 5)
    let last = buffer.frame(ofPage: buffer.pageCount.rawValue - 1)
    #expect(last.rawValue == buffer.runs[0].end.rawValue - 1)
    _ = first.byteCount
  }

  @Test func ownershipGoesToAPointerAndBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for size in [1, 100, 5000] {
      var buffer = try allocator.allocate(byteCount: ByteCount(size))
      buffer.withUnsafeMutableBytes { $0[0] = 77 }
      let pointer = buffer.relinquish()
      #expect(allocator.statistics.liveBlocks == 1)
      let adopted = allocator.adopt(pointer)
      #expect(adopted.byteCount >= ByteCount(size))
      #expect(adopted.withUnsafeBytes { $0[0] } == 77)
      allocator.deallocate(adopted.relinquish())
      #expect(allocator.statistics.liveBlocks == 0)
    }
    allocator.heapForTests.validate()
  }

  @Test func blocksGrowAndShrinkThroughAllSizes() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    var pointer = try allocator.allocatePointer(byteCount: 1)
    var size = 1
    pointer.storeBytes(of: 0xA0, as: UInt8.self)
    for next in [3, 8, 16, 17, 100, 1000, 5000, 20_000, 40_000, 500_000, 33_000, 9000, 50, 2] {
      pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(next))
      let bytes = pointer.assumingMemoryBound(to: UInt8.self)
      for index in 0..<min(size, next) where bytes[index] != UInt8(truncatingIfNeeded: index ^ 0xA0)
      {
        Issue.record("byte \(index) from \(size) to \(next)")
        return
      }
      for index in 0..<next { bytes[index] = UInt8(truncatingIfNeeded: index ^ 0xA0) }
      size = next
    }
    allocator.deallocate(pointer, byteCount: 2)
    var buffer = try allocator.allocate(byteCount: 100)
    let isShorter = try buffer.resizeInPlace(toByteCount: 10)
    #expect(isShorter && buffer.byteCount == 10)
    let isLonger = try buffer.resizeInPlace(toByteCount: 5000)
    #expect(!isLonger && buffer.byteCount == 10)
    let kept = try allocator.allocatePointer(byteCount: 1)
    #expect(throws: CompoundError.self) { try allocator.reallocatePointer(kept, byteCount: 0) }
    allocator.deallocate(kept)
  }

  @Test func buffersOutliveTheAllocator() throws {
    var buffer: CompoundBuffer?
    do {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
      _ = try allocator.allocate(byteCount: 100).byteCount
      buffer = try allocator.allocate(byteCount: 100)
    }
    let isIntact = buffer?.withUnsafeMutableBytes { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 9)
      return bytes.allSatisfy { $0 == 9 }
    }
    #expect(isIntact == true)
    buffer = nil
  }

  /// Every layer off in turn: the same blocks, from elsewhere.
  @Test(arguments: 0..<5)
  func layersCanBeTurnedOff(layer: Int) throws {
    var configuration = AllocatorConfiguration()
    configuration.layers.objects = layer != 1
    configuration.layers.objectMagazines = layer != 2
    configuration.layers.depot = layer != 3
    configuration.layers.pageMagazines = layer != 4
    let allocator = try CompoundAllocator(capacity: .mebibytes(32), configuration: configuration)
    var blocks: [UnsafeMutableRawPointer] = []
    for round in 0..<2000 {
      blocks.append(try allocator.allocatePointer(byteCount: ByteCount(1 + round % 7000)))
    }
    #expect(Set(blocks).count == blocks.count)
    #expect((allocator.statistics.liveObjects == 0) == (layer == 1))
    allocator.deallocate(all: blocks)
    #expect(allocator.statistics.liveBlocks == 0)
    #expect(allocator.statistics.frees == 2000)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }
}
