// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// What any caller sees, whatever is behind the buffers.
@Suite struct AllocationTests {
  @Test func everyPageOfTheArenaCanBeAllocatedAndNoMore() throws {
    let allocator = try CompoundAllocator.ofBuild(.kibibytes(4 * 1300))
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<1300 {
      pages.append(try allocator.allocatePointer(byteCount: 1, alignment: .page))
    }
    #expect(Set(pages).count == 1300)
    #expect(
      throws: CompoundError.outOfMemory(asked: 1, free: 0, largestRun: 0, limit: .capacity)
    ) {
      try allocator.allocatePointer(byteCount: 1)
    }
    #expect(allocator.statistics.failures == 1)
    allocator.deallocate(all: pages)
    allocator.heapForTests.validate()
  }

  @Test(arguments: [1, 2, 3, 511, 512, 513, 1300])
  func aBufferHasExactlyThePagesOfItsSize(pages: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(PageCount(1300).byteCount)
    let byteCount = ByteCount(pages * 4096 - 17)
    var buffer = try allocator.allocate(byteCount: byteCount, alignment: .page)
    #expect(buffer.byteCount == byteCount)
    #expect(buffer.pageCount == PageCount(pages))
    #expect(buffer.bytes.byteCount == byteCount.rawValue)
    #expect(allocator.statistics.live == PageCount(pages).byteCount)
    let isIntact = buffer.withUnsafeMutableBytes { bytes in
      bytes.initializeMemory(as: UInt8.self, repeating: 0xA5)
      return bytes.allSatisfy { $0 == 0xA5 }
    }
    #expect(isIntact)
    #expect(buffer.runs.reduce(0) { $0 + $1.pageCount.rawValue } == pages)
  }

  @Test func memoryComesBackWhenABufferLeavesItsScope() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for _ in 0..<10 {
      let buffer = try allocator.allocate(byteCount: .mebibytes(4))
      #expect(allocator.statistics.free == 0)
      _ = buffer.byteCount
    }
    #expect(allocator.statistics.free == .mebibytes(4))
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.heapForTests.validate()
  }

  @Test(arguments: (0...18).map { 4096 << $0 })
  func alignmentIsKept(alignment: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    // Something small in front, so that alignment does not come by itself.
    let first = try allocator.allocatePointer(byteCount: .page)
    for pages in [1, 3, 600] {
      let pointer = try allocator.allocatePointer(
        byteCount: PageCount(pages).byteCount, alignment: ByteCount(alignment))
      #expect(UInt(bitPattern: pointer) % UInt(alignment) == 0)
      writeStamps(pointer, pages: pages, block: pages)
      #expect(stampsHold(pointer, pages: pages, block: pages))
      allocator.deallocate(pointer)
    }
    allocator.deallocate(first)
    allocator.heapForTests.validate()
  }

  @Test func zeroedBuffersReadZeroAlsoInUsedMemory() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for _ in 0..<3 {
      var buffer = try allocator.allocate(byteCount: ByteCount(3_000_001), zeroed: true)
      let isZero = buffer.withUnsafeMutableBytes { bytes in
        let isZero = bytes.allSatisfy { $0 == 0 }
        bytes.initializeMemory(as: UInt8.self, repeating: 0xFF)
        return isZero
      }
      #expect(isZero)
    }
  }

  @Test func sizesThatCannotBeAreRefused() throws {
    let capacity = ByteCount.mebibytes(4)
    let allocator = try CompoundAllocator.ofBuild(capacity)
    for size in [ByteCount(0), -1, ByteCount(.min), ByteCount(.max), capacity + 1] {
      #expect(throws: CompoundError.invalidSize(size, capacity: capacity)) {
        try allocator.allocatePointer(byteCount: size)
      }
    }
    #expect(throws: CompoundError.self) {
      try allocator.allocate(pageCount: PageCount(.max)).pageCount
    }
    #expect(throws: CompoundError.self) {
      try allocator.allocate(pageCount: PageCount(.min)).pageCount
    }
    #expect(throws: CompoundError.self) { try allocator.allocate(pageCount: 0).pageCount }
    for size in [ByteCount(0), -4096, ByteCount(.max), .tebibytes(9)] {
      #expect(
        throws: CompoundError.invalidSize(size, capacity: Heap.maximumCapacity)
      ) { try CompoundAllocator(capacity: size) }
    }
  }

  @Test func alignmentsThatCannotBeAreRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for alignment in [ByteCount(0), -4096, 3, 4097, .gibibytes(2), ByteCount(.min)] {
      #expect(throws: CompoundError.invalidAlignment(alignment)) {
        try allocator.allocatePointer(byteCount: 1, alignment: alignment)
      }
    }
  }

  @Test func blocksOfPagesHaveSmallAlignmentsToo() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for alignment in [ByteCount(1), 2, 16, 64, 2048] {
      let pointer = try allocator.allocatePointer(byteCount: 40_000, alignment: alignment)
      #expect(UInt(bitPattern: pointer) % 4096 == 0)
      allocator.deallocate(pointer)
    }
  }

  @Test func spansShowAndChangeTheContents() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(1))
    var buffer = try allocator.allocate(byteCount: 10_000, zeroed: true)
    var bytes = buffer.mutableBytes
    bytes.storeBytes(of: 0xAB, toByteOffset: 9_999, as: UInt8.self)
    #expect(buffer.bytes.unsafeLoad(fromByteOffset: 9_999, as: UInt8.self) == 0xAB)
    var words = buffer.mutableSpan(of: UInt64.self)
    let wordCount = words.count
    #expect(wordCount == 1250)
    words[1] = 77
    #expect(buffer.span(of: UInt64.self)[1] == 77)
    let sum = buffer.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
    #expect(sum == 0xAB + 77)
  }

  @Test func aBufferOutlivesItsAllocator() throws {
    func make() throws -> CompoundBuffer {
      try CompoundAllocator.ofBuild(.mebibytes(4)).allocate(byteCount: .mebibytes(3))
    }
    var buffer = try make()
    buffer.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 9) }
    #expect(buffer.withUnsafeBytes { $0.allSatisfy { $0 == 9 } })
  }
}
