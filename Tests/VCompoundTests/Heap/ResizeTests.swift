// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Growing and shrinking, in place and not.
@Suite struct ResizeTests {
  @Test func aContiguousBufferGrowsAndShrinksInPlace() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    var buffer = try allocator.allocate(pageCount: 100)
    let address = buffer.block.address
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 100, block: 1) }
    for pages in [400, 512, 50, 51, 1, 300] {
      let isInPlace = try buffer.resizeInPlace(toByteCount: PageCount(pages).byteCount)
      #expect(isInPlace)
      #expect(buffer.block.address == address)
      #expect(allocator.statistics.live == PageCount(pages).byteCount)
    }
    #expect(buffer.withUnsafeBytes { stampsHold($0, pages: 1, block: 1) })
    _ = consume buffer
    allocator.heapForTests.validate()
    #expect(allocator.statistics.free == .mebibytes(8))
  }

  @Test func inPlaceIsRefusedWhereANeighbourIsInTheWay() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    var first = try allocator.allocate(pageCount: 10)
    let second = try allocator.allocate(pageCount: 10)
    let isInPlace = try first.resizeInPlace(toByteCount: .kibibytes(80))
    #expect(!isInPlace)
    #expect(first.pageCount == 10)
    _ = consume second
  }

  @Test func aBlockedBufferMovesByCopyingWhereThereIsARun() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    var first = try allocator.allocate(pageCount: 10)
    let second = try allocator.allocate(pageCount: 10)
    first.withUnsafeMutableBytes { writeStamps($0, pages: 10, block: 3) }
    try first.resize(toByteCount: .kibibytes(400))
    #expect(first.isStitched == false)
    #expect(first.withUnsafeBytes { stampsHold($0, pages: 10, block: 3) })
    #expect(allocator.statistics.live == PageCount(110).byteCount)
    _ = consume second
    _ = consume first
    allocator.heapForTests.validate()
  }

  @Test func aBufferGrowsWhileFewerPagesAreFreeThanItHas() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    var large = try allocator.allocate(pageCount: 300)
    let blocker = try allocator.allocate(pageCount: 100)
    large.withUnsafeMutableBytes { writeStamps($0, pages: 300, block: 9) }
    let frames = (0..<300).map { large.frame(ofPage: $0) }
    // 112 pages are free: no room for a copy of 400.
    try large.resize(toByteCount: PageCount(400).byteCount)
    #expect(large.isStitched == true)
    #expect((0..<300).map { large.frame(ofPage: $0) } == frames)
    #expect(large.withUnsafeBytes { stampsHold($0, pages: 300, block: 9) })
    // The window has room: the next growth is in place.
    let address = large.block.address
    try large.resize(toByteCount: PageCount(412).byteCount)
    #expect(large.block.address == address)
    #expect(allocator.statistics.free == 0)
    large.withUnsafeMutableBytes { writeStamps($0, pages: 412, block: 10) }
    #expect(large.withUnsafeBytes { stampsHold($0, pages: 412, block: 10) })
    #expect(throws: CompoundError.self) {
      try large.resize(toByteCount: PageCount(413).byteCount)
    }
    #expect(large.pageCount == 412)
    _ = consume blocker
    _ = consume large
    allocator.heapForTests.validate()
    #expect(allocator.statistics.free == .mebibytes(2))
  }

  @Test func aStitchedBufferShrinksAndGivesItsFramesBack() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    let kept = try allocator.fragment { $0 % 2 == 0 || $0 < 10 }
    var buffer = try allocator.allocate(pageCount: 200)
    let address = buffer.block.address
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 200, block: 4) }
    for pages in [199, 150, 3, 1] {
      let free = allocator.statistics.free
      let before = buffer.pageCount.rawValue
      try buffer.resize(toByteCount: PageCount(pages).byteCount)
      #expect(allocator.statistics.free == free + PageCount(before - pages).byteCount)
      #expect(buffer.block.address == address)
      #expect(buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: 4) })
      allocator.heapForTests.validate()
    }
    // It grows again into its own window.
    try buffer.resize(toByteCount: PageCount(100).byteCount)
    #expect(buffer.block.address == address)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 100, block: 5) }
    #expect(buffer.withUnsafeBytes { stampsHold($0, pages: 100, block: 5) })
    _ = consume buffer
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func theSizeInBytesIsKeptExactly() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    let pointer = try allocator.allocatePointer(byteCount: 5000, alignment: .page)
    let same = try allocator.reallocatePointer(pointer, byteCount: 6000)
    #expect(same == pointer)
    #expect(allocator.block(containing: same)?.byteCount == 6000)
    let smaller = try allocator.reallocatePointer(same, byteCount: 1)
    #expect(allocator.block(containing: smaller)?.byteCount == 1)
    allocator.deallocate(smaller, byteCount: 1)
  }

  @Test func forcedStitchingAppliesToGrowthToo() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(4), configuration: configuration)
    var buffer = try allocator.allocate(pageCount: 1)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 6) }
    for pages in [2, 3, 10, 400] {
      try buffer.resize(toByteCount: PageCount(pages).byteCount)
      #expect(buffer.isStitched == true)
      #expect(buffer.runs.count == pages)
      #expect(buffer.withUnsafeBytes { stampsHold($0, pages: 1, block: 6) })
    }
    _ = consume buffer
    allocator.heapForTests.validate()
  }

  @Test func invalidSizesLeaveTheBufferAlone() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var buffer = try allocator.allocate(pageCount: 4)
    for size in [ByteCount(0), -1, .mebibytes(3)] {
      #expect(throws: CompoundError.self) { try buffer.resize(toByteCount: size) }
      #expect(throws: CompoundError.self) { _ = try buffer.resizeInPlace(toByteCount: size) }
    }
    #expect(buffer.pageCount == 4)
  }
}
