// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Buffers that are split, one case at a time.
@Suite struct PartsTests {
  // MARK: Splitting

  @Test func aRunIsSplitAndJoinedWithoutASystemCall() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8), faults: faults)
    var buffer = try allocator.stamped(1000, block: 1)
    let (address, runs) = (buffer.block.address, buffer.runs)
    let calls = SystemCallKind.allCases.map { faults.count(of: $0) }
    var tail: CompoundBuffer? = try buffer.splitOff(at: PageCount(600).byteCount)
    let start = tail?.block.address
    #expect(start == address + 600 * 4096)
    #expect(buffer.pageCount == 600 && buffer.block.address == address)
    #expect(allocator.statistics.liveBlocks == 2)
    try buffer.join(&tail)
    let isGone = isNone(&tail)
    #expect(isGone)
    #expect(buffer.runs == runs && buffer.block.address == address)
    #expect(SystemCallKind.allCases.map { faults.count(of: $0) } == calls)
    #expect(allocator.statistics.liveBlocks == 1)
    #expect(buffer.holds(1000, block: 1) == true)
    allocator.heapForTests.validate()
  }

  @Test func aStitchedBufferIsSplitAndJoinedWhereItIs() throws {
    let (allocator, kept) = try CompoundAllocator.scattered(4)
    var buffer = try allocator.stamped(300, block: 2)
    #expect(buffer.isStitched == true)
    let (address, runs, mappings) = (
      buffer.block.address, buffer.runs, allocator.statistics.mappings
    )
    for pages in [1, 150, 299] {
      var tail: CompoundBuffer? = try buffer.splitOff(at: PageCount(pages).byteCount)
      #expect(allocator.statistics.liveWindows == 2)
      #expect(allocator.statistics.mappings == mappings + 1)
      try buffer.join(&tail)
      #expect(buffer.runs == runs && buffer.block.address == address)
      #expect(allocator.statistics.mappings == mappings)
      #expect(buffer.holds(300, block: 2) == true)
      allocator.heapForTests.validate()
    }
    // Each part is freed apart, the lower one first.
    let tail = try buffer.splitOff(at: .kibibytes(400))
    _ = consume buffer
    allocator.heapForTests.windows.tearDownRetired()
    #expect(tail.holds(from: 0, 0, block: 2) == true)
    let word = tail.withUnsafeBytes { $0.load(as: UInt64.self) }
    #expect(word == stamp(2, page: 100))
    _ = consume tail
    allocator.heapForTests.windows.tearDownRetired()
    #expect(allocator.statistics.mappings == 0)
    #expect(KernelView(allocator).mappings.count == 1)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func aCutThroughARunTakesOneMappingMore() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    var large = try allocator.stamped(300, block: 3)
    let blocker = try allocator.allocate(pageCount: 100)
    try large.resize(toByteCount: PageCount(400).byteCount)
    let runs = large.runs
    #expect(large.isStitched && runs.count == 2)
    let mappings = allocator.statistics.mappings
    var tail: CompoundBuffer? = try large.splitOff(at: PageCount(100).byteCount)
    #expect(allocator.statistics.mappings == mappings + 2)
    try large.join(&tail)
    #expect(allocator.statistics.mappings == mappings)
    #expect(large.runs == runs && large.holds(300, block: 3))
    // What was room behind the block is behind its upper part.
    let upper = try large.splitOff(at: PageCount(399).byteCount)
    #expect(upper.pageCount == 1)
    _ = consume large
    _ = consume upper
    _ = consume blocker
    allocator.heapForTests.validate()
  }

  /// A window that grew keeps neighbouring runs apart, and so does the ledger: undone, too.
  @Test func aRefusedSplitLeavesNoHeadBehind() throws {
    var refusals = 0
    for limit in stride(from: 20, through: 700, by: 4) {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .whenNeeded
      configuration.mayExchange = false
      configuration.mappingLimit = limit
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(2), configuration: configuration)
      var large = try allocator.allocate(pageCount: 300)
      let blocker = try allocator.allocate(pageCount: 100)
      try large.resize(toByteCount: PageCount(400).byteCount)
      try large.resize(toByteCount: PageCount(410).byteCount)
      var whole: CompoundBuffer? = consume large
      var slots = PageSlots(count: 205, order: 1, allocator: allocator)
      do {
        try slots.put(pagesOf: &whole)
      } catch {
        refusals += 1
        #expect(slots.filledCount == 0)
      }
      allocator.heapForTests.validate()
      slots.removeAll()
      whole = nil
      _ = consume blocker
      allocator.drainCaches()
      let all = try allocator.allocate(pageCount: 512)
      let start = all.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      for page in 0..<512 {
        guard let address = UnsafeRawPointer(bitPattern: start + UInt(page) * 4096) else {
          continue
        }
        try #require(allocator.block(containing: address)?.byteCount == .mebibytes(2), "\(page)")
      }
      _ = consume all
    }
    #expect(refusals > 10)
  }

  @Test func aSmallBufferIsGivenPagesOfItsOwn() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(512))
    // The first ones have pages of their own: a slab would cost more.
    var others: [DropBox<CompoundBuffer>] = []
    var buffer = try allocator.allocate(byteCount: 20_000)
    while !buffer.block.isObject, others.count < 100 {
      others.append(DropBox(buffer))
      buffer = try allocator.allocate(byteCount: 20_000)
    }
    #expect(allocator.statistics.liveObjects == 1)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 4, block: 4) }
    let tail = try buffer.splitOff(at: .kibibytes(8))
    #expect(allocator.statistics.liveObjects == 0)
    #expect(allocator.statistics.liveBlocks == others.count + 2)
    #expect(buffer.byteCount == 8192 && tail.byteCount == 20_000 - 8192)
    #expect(buffer.holds(2, block: 4) == true)
    let word = tail.withUnsafeBytes { $0.load(fromByteOffset: 4096, as: UInt64.self) }
    #expect(word == stamp(4, page: 3))
    _ = consume buffer
    _ = consume tail
    allocator.heapForTests.validate()
  }

  @Test func withoutMappingsAStitchedBufferStaysWhole() throws {
    let (allocator, kept) = try CompoundAllocator.scattered(4, mappingLimit: 102)
    var buffer = try allocator.stamped(100, block: 5)
    #expect(buffer.isStitched && allocator.statistics.mappings == 101)
    let tail = try buffer.splitOff(at: .kibibytes(40))
    #expect(throws: CompoundError.mappingBudget(needed: 1, available: 0, limit: 102)) {
      _ = try buffer.splitOff(at: .page)
    }
    #expect(buffer.pageCount == 10 && tail.pageCount == 90)
    #expect(buffer.holds(10, block: 5) == true)
    allocator.heapForTests.validate()
    // Pages of two fail after one cut, which is taken back.
    var given: CompoundBuffer? = consume buffer
    let none = try allocator.allocate(pageCount: 1)
    _ = consume tail
    allocator.heapForTests.windows.tearDownRetired()
    let hog = try allocator.allocate(pageCount: 88)
    #expect(allocator.statistics.mappings == 11 + 89)
    var slots = PageSlots(count: 5, order: 1, allocator: allocator)
    #expect(throws: CompoundError.mappingBudget(needed: 1, available: 0, limit: 102)) {
      try slots.put(pagesOf: &given)
    }
    #expect(slots.filledCount == 0 && allocator.statistics.mappings == 100)
    guard let whole = given.take() else { return }
    #expect(whole.pageCount == 10 && whole.holds(10, block: 5))
    given = consume whole
    allocator.heapForTests.validate()
    // Single pages need none.
    var pages = PageSlots(count: 10, allocator: allocator)
    try pages.put(pagesOf: &given)
    #expect(pages.isFull == true)
    _ = hog.byteCount + none.byteCount
    allocator.deallocate(all: kept)
  }

  // MARK: Pages

  @Test func aBufferBecomesPagesAndBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var whole: CompoundBuffer? = try allocator.stamped(512, block: 6)
    var slots = PageSlots(count: 514, allocator: allocator)
    slots.put(try allocator.allocate(pageCount: 1), at: 1)
    try slots.put(pagesOf: &whole)
    let isGone = isNone(&whole)
    #expect(isGone && slots.filledCount == 513 && !slots.isFilled(at: 513))
    #expect(allocator.statistics.liveBlocks == 513)
    for index in 0..<512 {
      let word = slots.baseAddress(at: index == 0 ? 0 : index + 1).load(as: UInt64.self)
      #expect(word == stamp(6, page: index))
    }
    _ = slots.take(at: 1)
    let joined = try CompoundBuffer(joining: &slots)
    #expect(slots.filledCount == 0 && joined.pageCount == 512)
    #expect(joined.holds(512, block: 6) == true)
    #expect(allocator.statistics.liveBlocks == 1)
    // Pages side by side are a buffer as they are.
    #expect(joined.isStitched == CompoundAllocator.isFallbackAlways)
    _ = consume joined
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  @Test func pagesThatShareAPageAreCopied() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    var slots = PageSlots(count: 3, allocator: allocator)
    for index in [0, 2] {
      // An object of a page's size.
      var page = try allocator.allocate(byteCount: .page)
      page.withUnsafeMutableBytes { $0.storeBytes(of: index + 1, as: Int.self) }
      slots.put(page, at: index)
    }
    // In checked builds whole pages are no objects.
    #expect(allocator.statistics.liveObjects == (CheckedBuild.isOn ? 0 : 2))
    let joined = try CompoundBuffer(joining: &slots)
    let words = joined.withUnsafeBytes {
      [$0.load(as: Int.self), $0.load(fromByteOffset: 4096, as: Int.self)]
    }
    #expect(words == [1, 3] && slots.filledCount == 0)
    #expect(allocator.statistics.liveObjects == 0 && allocator.statistics.liveBlocks == 1)
  }

  @Test func nothingIsJoinedOfNoPages() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var slots = PageSlots(count: 3, allocator: allocator)
    #expect(throws: CompoundError.invalidSize(0, capacity: .mebibytes(8))) {
      _ = try CompoundBuffer(joining: &slots)
    }
    var nothing: CompoundBuffer?
    var page = try allocator.allocate(pageCount: 1)
    try page.join(&nothing)
    try slots.put(pagesOf: &nothing)
    #expect(page.pageCount == 1 && slots.filledCount == 0)
  }
}
