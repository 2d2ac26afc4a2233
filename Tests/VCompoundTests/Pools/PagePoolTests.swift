// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// One consumer of a page pool, and what it is told.
@Suite struct PagePoolTests {
  @Test func pagesAreRecycledFromTheCache() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 256, kept: 256))
    for round in 0..<1000 {
      var page = try pool.take()
      page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: round) }
      page.withUnsafeBytes { #expect(stampsHold($0, pages: 1, block: round)) }
      pool.recycle(page)
    }
    let statistics = pool.statistics
    #expect(statistics.slow == 64)
    #expect(statistics.empty == 1)
    #expect(statistics.fast == 999)
    #expect(statistics.cached == 1000)
    #expect(statistics.inFlight == 0)
    #expect(statistics.kept == 64)
    #expect(pool.close().holders.isEmpty)
    #expect(allocator.statistics.live == 0)
  }

  @Test func droppedPagesComeBackThroughTheRings() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 512))
    for _ in 0..<640 { _ = try pool.take() }
    let statistics = pool.statistics
    #expect(statistics.slow == 64)
    #expect(statistics.ring == 640)
    #expect(statistics.ringFull == 0)
    #expect(statistics.refill >= 512)
    #expect(allocator.statistics.live == PageCount(64).byteCount)
    #expect(statistics.recyclingRate > 0.8)
  }

  @Test func noMorePagesAreKeptThanAllowed() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 600, kept: 20))
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<600 { pages.append(try pool.take().relinquish()) }
    #expect(throws: CompoundPoolError.exhausted(limit: 600)) { _ = try pool.take() }
    for (index, pointer) in pages.enumerated() {
      let page = pool.adopt(pointer)
      if index % 2 == 0 { pool.recycle(page) }
      #expect(pool.statistics.kept <= 20)
    }
    #expect(pool.statistics.ringFull > 0)
    #expect(pool.statistics.inFlight == 0)
    #expect(allocator.statistics.live.rawValue <= 20 * 4096)
  }

  @Test func aPageStillHeldComesBackWithItsLastReader() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var page = try pool.take(label: "owner")
    page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 7) }
    let reader = page.share()
    let second = reader.share()
    let isShared = !page.isUnique
    #expect(isShared)
    pool.recycle(page)
    #expect(pool.statistics.cached == 0 && pool.statistics.ring == 0)
    for _ in 0..<100 {
      var other = try pool.take()
      other.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 8) }
    }
    reader.withUnsafeBytes { #expect(stampsHold($0, pages: 1, block: 7)) }
    _ = consume reader
    second.withUnsafeBytes { #expect(stampsHold($0, pages: 1, block: 7)) }
    #expect(pool.statistics.inFlight == 1 && pool.statistics.lastReader == 0)
    let before = pool.statistics
    _ = consume second
    let after = pool.statistics
    #expect(after.inFlight == 0 && after.lastReader == 1)
    #expect(after.ring == before.ring + 1 && after.kept == before.kept + 1)
    // Readers that come and go cost no page: none is taken from the allocator for them.
    for _ in 0..<1000 {
      var page = try pool.take()
      let reader = page.share()
      pool.recycle(page)
      _ = consume reader
    }
    #expect(pool.statistics.slow == before.slow && pool.statistics.lastReader == 1001)
  }

  @Test func aReaderOfAClosedPoolFreesThePage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var page = try pool.take()
    page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 7) }
    let reader = page.share()
    pool.recycle(page)
    #expect(pool.close().holders.count == 1)
    reader.withUnsafeBytes { #expect(stampsHold($0, pages: 1, block: 7)) }
    #expect(allocator.statistics.live == .page)
    _ = consume reader
    #expect(allocator.statistics.live == 0)
  }

  @Test func aReaderThatLetsGoFirstChangesNothing() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var page = try pool.take()
    _ = page.share()
    let isUnique = page.isUnique
    #expect(isUnique)
    page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: 1) }
    pool.recycle(page)
    #expect(pool.statistics.lastReader == 0)
    #expect(pool.statistics.cached == 1)
  }

  @Test func fragmentsShareAPageAndGoBackWithTheLast() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 4, kept: 4))
    var first = try pool.takeFragment(byteCount: 1500)
    let second = try pool.takeFragment(byteCount: 1500)
    #expect(second.address == first.address + 1536)
    first.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 1) }
    second.withUnsafeBytes { #expect($0.count == 1500) }
    let third = try pool.takeFragment(byteCount: 1500)
    #expect(third.address & ~4095 != first.address & ~4095)
    #expect(pool.statistics.inFlight == 2)
    _ = consume first
    #expect(pool.statistics.inFlight == 2)
    _ = consume second
    #expect(pool.statistics.inFlight == 1)
    _ = consume third
    // The pool itself still cuts the last page up.
    #expect(pool.statistics.inFlight == 1)
    for _ in 0..<1000 { _ = try pool.takeFragment(byteCount: 100) }
    #expect(pool.statistics.inFlight == 1)
    #expect(pool.close().holders.isEmpty)
    #expect(allocator.statistics.live == 0)
  }

  @Test(arguments: [PageOrder(1), PageOrder(3)])
  func largerPagesWork(order: PageOrder) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var pool = try PagePool(allocator: allocator, order: order, limits: .init(out: 32, kept: 16))
    let pages = order.pageCount.rawValue
    for round in 0..<200 {
      var page = try pool.take()
      page.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: round) }
      page.withUnsafeBytes { #expect(stampsHold($0, pages: pages, block: round)) }
      if round % 2 == 0 { pool.recycle(page) }
    }
    #expect(pool.statistics.slow == 0)
    #expect(pool.statistics.slowHighOrder > 0)
    pool.close()
    #expect(allocator.statistics.live == 0)
  }

  @Test func whatIsKeptIsGivenUpBeforeARequestIsRefused() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(128).byteCount)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 128, kept: 128))
    for _ in 0..<2 {
      for _ in 0..<100 { _ = try pool.take() }
      #expect(pool.statistics.kept > 0)
      let all = try allocator.allocate(pageCount: 128)
      #expect(pool.statistics.kept == 0)
      #expect(throws: CompoundPoolError.self) { _ = try pool.take() }
      #expect(all.pageCount == 128)
    }
    let page = try pool.take()
    #expect(page.byteCount == .page)
  }

  @Test func withoutABarrierNothingIsKept() throws {
    let faults = FaultPlan()
    faults.fail(.registerBarrier, nth: 1, times: .max, errno: 38)
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), faults: faults)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
    for _ in 0..<20 {
      let page = try pool.take()
      #expect(pool.statistics.inFlight == 1)
      pool.recycle(page)
      _ = try pool.take()
    }
    #expect(pool.statistics.kept == 0)
    #expect(allocator.statistics.live == 0)
  }

  @Test func badLimitsAndSizesHaveTheirErrors() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    #expect(throws: CompoundPoolError.invalidLimit(.out, value: 0)) {
      _ = try PagePool(allocator: allocator, limits: .init(out: 0, kept: 1))
    }
    #expect(throws: CompoundPoolError.invalidLimit(.kept, value: 0)) {
      _ = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 0))
    }
    #expect(throws: CompoundPoolError.self) {
      _ = try PagePool(allocator: allocator, order: 20, limits: .init(out: 1, kept: 1))
    }
    var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
    #expect(throws: CompoundPoolError.fragmentTooLarge(4097, page: 4096)) {
      _ = try pool.takeFragment(byteCount: 4097)
    }
    #expect(throws: CompoundPoolError.allocation(.invalidSize(0, capacity: 4096))) {
      _ = try pool.takeFragment(byteCount: 0)
    }
    #expect(throws: CompoundPoolError.allocation(.invalidAlignment(3))) {
      _ = try pool.takeFragment(byteCount: 1, alignment: 3)
    }
  }

  @Test func brokenPromisesStop() async {
    let other = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      var second = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      second.recycle(try pool.take())
    }
    #expect(lastWords(other, say: "the page at 0x", "belongs to another pool"))
    let twice = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      let pointer = try pool.take().relinquish()
      _ = pool.adopt(pointer)
      _ = pool.adopt(pointer)
    }
    #expect(lastWords(twice, say: "the page at 0x", "put back twice"))
    let shared = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      var page = try pool.take()
      let reader = page.share()
      page.withUnsafeMutableBytes { $0[0] = 1 }
      _ = consume reader
    }
    #expect(lastWords(shared, say: "cannot write to the page at 0x", "shared"))
    let foreign = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      _ = pool.adopt(try allocator.allocatePointer(byteCount: .page))
    }
    #expect(lastWords(foreign, say: "is no page of this pool"))
  }
}
