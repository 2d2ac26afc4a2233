// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Pages that go back to their pools together.
@Suite struct PageBatchTests {
  private func pages(_ count: Int, of pool: inout PagePool) throws -> [DropBox<PooledPage>] {
    try (0..<count).map { _ in DropBox(try pool.take()) }
  }

  private func gather(_ pages: some Sequence<DropBox<PooledPage>>, in batch: inout PooledPageBatch)
  {
    for page in pages {
      if let page = page.value.take() { batch.append(page) }
    }
  }

  @Test func aFullBatchGoesBackThroughTheRings() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 256, kept: 512))
    let pages = try pages(150, of: &pool)
    let before = pool.statistics.kept
    var batch = PooledPageBatch()
    gather(pages, in: &batch)
    #expect(batch.count == 150 - 128)
    #expect(pool.statistics.inFlight == 22 && pool.statistics.ring == 128)
    batch.putBack()
    #expect(batch.count == 0)
    batch.putBack()
    #expect(pool.statistics.inFlight == 0 && pool.statistics.ring == 150)
    #expect(pool.statistics.kept == before + 150)
    // Each of them is there once.
    let again = try self.pages(150, of: &pool)
    let addresses = Set(again.compactMap { $0.value?.address })
    #expect(addresses.count == 150)
    #expect(pool.statistics.slow == before + 150)
  }

  @Test func whatIsLeftGoesBackWithTheBatch() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    do {
      var batch = PooledPageBatch()
      gather(try pages(3, of: &pool), in: &batch)
      #expect(pool.monitor.holders.count == 3)
    }
    #expect(pool.statistics.inFlight == 0 && pool.statistics.ring == 3)
  }

  @Test func pagesOfAnotherPoolSendTheFirstOnesBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var first = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var second = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var batch = PooledPageBatch()
    gather(try pages(5, of: &first), in: &batch)
    gather(try pages(2, of: &second), in: &batch)
    #expect(batch.count == 2)
    #expect(first.statistics.ring == 5 && second.statistics.inFlight == 2)
  }

  @Test func whatNoRingTakesGoesToTheAllocator() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 200, kept: 20))
    let pages = try pages(200, of: &pool)
    let before = pool.statistics
    var batch = PooledPageBatch()
    gather(pages, in: &batch)
    batch.putBack()
    let after = pool.statistics
    #expect(after.inFlight == 0 && after.kept <= 20)
    #expect(after.ring - before.ring + after.ringFull - before.ringFull == 200)
    #expect(allocator.statistics.live == PageCount(after.kept).byteCount)
  }

  @Test func theConsumerRecyclesABatch() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 256, kept: 200))
    var batch = PooledPageBatch()
    gather(try pages(40, of: &pool), in: &batch)
    pool.recycle(&batch)
    #expect(batch.count == 0)
    #expect(pool.statistics.cached == 40 && pool.statistics.ring == 0)
    // The cache has room for a hundred; the rings take the rest.
    let many = try pages(160, of: &pool)
    for start in stride(from: 0, to: 160, by: 40) {
      gather(many[start..<start + 40], in: &batch)
      pool.recycle(&batch)
    }
    #expect(pool.statistics.inFlight == 0)
    #expect(pool.statistics.cacheFull >= 1 && pool.statistics.ring >= 1)
    #expect(pool.close().holders.isEmpty)
    #expect(allocator.statistics.live == 0)
  }

  @Test func aReaderThatIsLastPutsThePageIn() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    var page = try pool.take()
    let first = page.share()
    let second = page.share()
    var batch = PooledPageBatch()
    batch.append(page)
    #expect(batch.count == 0)
    batch.append(first)
    #expect(batch.count == 0 && pool.statistics.inFlight == 1)
    batch.append(second)
    #expect(batch.count == 1 && pool.statistics.lastReader == 1)
    batch.putBack()
    #expect(pool.statistics.inFlight == 0 && pool.statistics.ring == 1)
  }

  @Test func aClosedPoolEndsWithItsBatches() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    weak var core: PoolCore?
    core = pool.core
    var first = PooledPageBatch()
    gather(try pages(10, of: &pool), in: &first)
    var second = PooledPageBatch()
    gather(try pages(1, of: &pool), in: &second)
    #expect(pool.close().holders.count == 11)
    first.putBack()
    #expect(allocator.statistics.live == PageCount(1).byteCount)
    #expect(core != nil)
    second.putBack()
    #expect(allocator.statistics.live == 0)
    #expect(core == nil)
  }

  @Test func theFirstOfABatchIsHandedToAConsumerThatWaits() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 12, kept: 64))
    let pages = try pages(12, of: &pool)
    let core = pool.core
    let thread = Crew(1) { _ in
      #expect(waits { core.ledger.withLock { $0.isAwaited } })
      var batch = PooledPageBatch()
      gather(pages, in: &batch)
      batch.putBack()
    }
    let page = try pool.take(blocking: .seconds(600))
    thread.join()
    let statistics = pool.statistics
    #expect(statistics.handedOver == 1 && statistics.inFlight == 1)
    #expect(statistics.ring + statistics.ringFull == 11)
    _ = consume page
  }

  @Test func aBatchOfAnotherPoolStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      var other = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
      var batch = PooledPageBatch()
      batch.append(try pool.take())
      other.recycle(&batch)
    }
    #expect(lastWords(result, say: "the pages at 0x", "belong to another pool"))
  }
}
