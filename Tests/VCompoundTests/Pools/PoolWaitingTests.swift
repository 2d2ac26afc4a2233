// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Consumers that wait for pages; the thread sanitizer runs these.
///
/// Pages that are out are kept to the end of a test: release builds would drop them where they are
/// named last.
@Suite struct PoolWaitingTests {
  private static let patience = Duration.seconds(600)

  /// Waits until the consumer of a pool waits for a page.
  private func waitsForConsumer(_ core: PoolCore) -> Bool {
    waits { core.ledger.withLock { $0.isAwaited } }
  }

  private func waitsForLine(_ allocator: CompoundAllocator, of count: Int) -> Bool {
    waits { allocator.heapForTests.line.count == count }
  }

  /// A pool of so many pages that are all out, the pages in boxes.
  private func emptyPool(
    _ allocator: CompoundAllocator, out: Int
  ) throws -> (DropBox<PagePool>, [DropBox<PooledPage>]) {
    var pool = try PagePool(allocator: allocator, limits: .init(out: out, kept: 64))
    let pages = try (0..<out).map { _ in DropBox(try pool.take(label: "held")) }
    return (DropBox(pool), pages)
  }

  @Test func nobodyWaitsForWhatIsThere() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 2, kept: 2))
    let first = try await pool.take(zeroed: true, waiting: Self.patience, label: "first")
    let second = try await pool.take(waiting: .zero, label: "second")
    first.withUnsafeBytes { bytes in #expect(bytes.allSatisfy { $0 == 0 }) }
    pool.recycle(first)
    let third = try await pool.take(waiting: Self.patience, label: "third")
    #expect(pool.monitor.holders.map(\.label).sorted() == ["second", "third"])
    let sizes = (second.byteCount, third.byteCount)
    #expect(sizes == (.page, .page))
    #expect(pool.statistics.handedOver == 0)
  }

  @Test func aThreadGetsThePageThatAnotherOneLetsGoOf() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 3)
    guard var pool = box.value.take() else { return }
    let core = pool.core
    let thread = Crew(1) { _ in
      #expect(waitsForConsumer(core))
      pages[1].drop()
    }
    let page = try pool.take(blocking: Self.patience, label: "got")
    thread.join()
    #expect(pool.monitor.holders.map(\.label).sorted() == ["got", "held", "held"])
    #expect(pool.statistics.handedOver == 1)
    // The rings are open again.
    pages[0].drop()
    #expect(pool.statistics.ring == 1 && pool.statistics.kept == 1)
    _ = consume page
    #expect(pool.statistics.ring == 2)
    withExtendedLifetime(pages) {}
  }

  @Test func aTaskGetsThePageThatAThreadLetsGoOf() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 3)
    guard var pool = box.value.take() else { return }
    let core = pool.core
    let thread = Crew(1) { _ in
      #expect(waitsForConsumer(core))
      pages[1].drop()
    }
    let page = try await pool.take(waiting: Self.patience, label: "got")
    thread.join()
    #expect(pool.monitor.holders.map(\.label).sorted() == ["got", "held", "held"])
    #expect(pool.statistics.handedOver == 1)
    _ = consume page
    #expect(pool.statistics.ring == 1)
    withExtendedLifetime(pages) {}
  }

  @Test func whenTheTimeIsOverItIsRefused() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 2)
    await #expect(throws: CompoundPoolError.exhausted(limit: 2)) {
      _ = try await box.value?.take(waiting: .milliseconds(20)).byteCount
    }
    onThreads(1) { _ in
      #expect(throws: CompoundPoolError.exhausted(limit: 2)) {
        _ = try box.value?.take(blocking: .milliseconds(20)).byteCount
      }
    }
    // Rings that were closed for the wait are open again.
    pages[0].drop()
    #expect(box.value?.statistics.ring == 1)
    withExtendedLifetime(pages) {}
  }

  @Test func aCancelledTaskWaitsNoLonger() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 1)
    guard let core = box.value?.core else { return }
    let task = Task { try await box.value?.take(waiting: Self.patience).byteCount }
    while !core.ledger.withLock({ $0.isAwaited }) { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await box.value?.take(waiting: Self.patience).byteCount
    }
    await #expect(throws: CancellationError.self) { try await late.value }
    pages[0].drop()
    #expect(core.statistics.kept == 1)
    withExtendedLifetime(pages) {}
  }

  /// A request in need shuts and opens the pool while its consumer waits.
  @Test func aNeedMeanwhileLosesNoPage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 2)
    guard var pool = box.value.take() else { return }
    let core = pool.core
    let thread = Crew(1) { _ in
      #expect(waitsForConsumer(core))
      allocator.heapForTests.inNeed {}
      pages[0].drop()
    }
    let first = try pool.take(blocking: Self.patience)
    thread.join()
    // And one in which the page comes back.
    let second = Crew(1) { _ in
      #expect(waitsForConsumer(core))
      allocator.heapForTests.inNeed { pages[1].drop() }
    }
    let page = try pool.take(blocking: Self.patience)
    second.join()
    #expect(pool.statistics.handedOver == 2)
    _ = consume first
    _ = consume page
    #expect(pool.statistics.ring == 2)
    withExtendedLifetime(pages) {}
  }

  @Test(arguments: [PageOrder(0), PageOrder(2)])
  func aPoolWaitsForMemoryInTheLine(order: PageOrder) async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, order: order, limits: .init(out: 64, kept: 64))
    for round in 0..<4 {
      let held = UInt(bitPattern: try allocator.allocatePointer(byteCount: .mebibytes(4)))
      let thread = Crew(1) { _ in
        #expect(waitsForLine(allocator, of: 1))
        allocator.deallocate(all: [held])
      }
      var page =
        round % 2 == 0
        ? try await pool.take(waiting: Self.patience, label: "line")
        : try blocking(&pool)
      thread.join()
      let pages = order.pageCount.rawValue
      page.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: round) }
      page.withUnsafeBytes { #expect(stampsHold($0, pages: pages, block: round)) }
      #expect(pool.monitor.holders.map(\.label) == ["line"])
      pool.recycle(page)
      // The next round needs all there is.
      allocator.drain()
    }
    #expect(allocator.heapForTests.line.count == 0)
    #expect(allocator.statistics.failures == 0)
    pool.close()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  private func blocking(_ pool: inout PagePool) throws -> PooledPage {
    try pool.take(blocking: Self.patience, label: "line")
  }

  @Test func whileMemoryIsShortThePoolsOwnPagesServeIt() throws {
    let allocator = try CompoundAllocator.ofBuild(PageCount(4).byteCount)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let pages = try (0..<4).map { _ in DropBox(try pool.take()) }
    let thread = Crew(1) { _ in
      #expect(waitsForLine(allocator, of: 1))
      pages[2].drop()
    }
    let page = try pool.take(blocking: Self.patience)
    thread.join()
    let byteCount = page.byteCount
    #expect(byteCount == .page)
    #expect(throws: CompoundPoolError.self) {
      _ = try pool.take(blocking: .milliseconds(5)).byteCount
    }
    #expect(allocator.heapForTests.reclaimers.isNeeded == false)
    withExtendedLifetime(pages) {}
  }

  @Test func aFunctionOfTheProgramDoesNotWait() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let (box, pages) = try emptyPool(allocator, out: 1)
    let refused = EventCounter()
    allocator.addReclaimer(for: box) { box, _ in
      do throws(CompoundPoolError) {
        _ = try box.value?.take(blocking: Self.patience)
      } catch {
        if error == .exhausted(limit: 1) { refused.add() }
      }
      return false
    }
    #expect(throws: CompoundError.self) { _ = try allocator.allocate(byteCount: .mebibytes(4)) }
    #expect(refused.value >= 1)
    pages[0].drop()
    withExtendedLifetime(pages) {}
  }

  /// A consumer that waits for nearly every page, threads that put them back at once or in bulk, and
  /// one that needs what pools keep: no wake-up is lost.
  @Test(arguments: [1, 2, 5], [false, true])
  func noPageIsMissed(limit: Int, hasNeighbour: Bool) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: limit, kept: 16))
    let lanes = [PageLane(), PageLane()]
    let crew = Crew(2) { index in
      while lanes[index].putBack(inBulk: index == 1) {}
    }
    let isOver = StopSign()
    let neighbour = Crew(hasNeighbour ? 1 : 0) { _ in
      while !isOver.isSet {
        allocator.heapForTests.inNeed {}
        OperatingSystem.yieldProcessor()
      }
    }
    for number in 0..<8_000 {
      do throws(CompoundPoolError) {
        let page = try pool.take(blocking: .seconds(30))
        if number % 7 == 0 { pool.recycle(page) } else { lanes[number % 2].send(page) }
      } catch {
        Issue.record("page \(number): \(error)")
        break
      }
    }
    isOver.set()
    neighbour.join()
    for lane in lanes { lane.finish() }
    crew.join()
    #expect(pool.statistics.inFlight == 0)
    // What is kept is found: the rings are open, or what was in them went to the allocator.
    let page = try pool.take()
    pool.recycle(page)
    #expect(pool.close().holders.isEmpty)
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  /// The same with a task, some of whose waits are cancelled or short.
  @Test func noPageIsMissedByATask() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let pool = DropBox(try PagePool(allocator: allocator, limits: .init(out: 2, kept: 16)))
    let lane = PageLane()
    let crew = Crew(1) { _ in
      while lane.putBack(inBulk: false) {}
    }
    let taken = EventCounter()
    for number in 0..<1_500 {
      let task = Task {
        guard
          let page = try await pool.value?.take(
            waiting: number % 5 == 0 ? .microseconds(20) : .seconds(30))
        else { return }
        taken.add()
        lane.send(page)
      }
      if number % 3 == 0 { task.cancel() }
      do {
        try await task.value
      } catch let error as CompoundPoolError {
        #expect(number % 5 == 0, "\(error)")
      } catch {
        #expect(number % 3 == 0 && error is CancellationError, "\(error)")
      }
    }
    lane.finish()
    crew.join()
    #expect(taken.value >= 700)
    #expect(pool.value?.statistics.inFlight == 0)
    #expect(pool.value.take()?.close().holders.isEmpty == true)
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }
}
