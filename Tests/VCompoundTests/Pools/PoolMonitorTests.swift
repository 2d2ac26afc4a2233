// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// What other threads see of a pool; the thread sanitizer runs these.
@Suite struct PoolMonitorTests {
  @Test func holdersAreNamedWhileTheyLive() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(
      allocator: allocator, order: 1, limits: .init(out: 64, kept: 32), name: "frames")
    let monitor = pool.monitor
    #expect(monitor.holders.isEmpty && !monitor.isClosed)
    #expect(monitor.name == "frames" && monitor.order == 1)
    #expect(monitor.limits == .init(out: 64, kept: 32))
    let first = try pool.take(label: "parser")
    var second = try pool.take(label: "receiver")
    _ = try pool.take(label: "nobody")
    #expect(monitor.holders.map(\.label).sorted() == ["parser", "receiver"])
    second.relabel("writer")
    let fragment = try pool.takeFragment(byteCount: 10, label: "fragment")
    let holders = monitor.holders
    #expect(holders.map(\.label).sorted() == ["fragment", "parser", "writer"])
    let addresses = [first.address, second.address, fragment.address]
    #expect(Set(holders.map(\.address)) == Set(addresses))
    let parser = holders.first { $0.label == "parser" }
    #expect(parser?.byteCount == .kibibytes(8) && parser?.isRevoked == false)
    #expect((parser?.place?.contains("PoolMonitorTests.swift:") ?? false) == CheckedBuild.isOn)
    #expect(monitor.statistics == pool.statistics)
    pool.recycle(first)
    #expect(monitor.holders.map(\.label).sorted() == ["fragment", "writer"])
    _ = consume second
    _ = consume fragment
  }

  /// Wherever pages that are kept have got to: no holder is made up.
  @Test func whatIsKeptHasNoHolder() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 400, kept: 300))
    let monitor = pool.monitor
    var random = SeededGenerator(seed: 5)
    var held: [DropBox<PooledPage>] = []
    for step in 0..<3000 {
      let wanted = step % 1000 < 500 ? 350 : 20
      if held.count < wanted, let page = try? pool.take(label: "held") {
        held.append(DropBox(page))
      } else if !held.isEmpty {
        let box = held.remove(at: Int.random(in: 0..<held.count, using: &random))
        if step % 3 == 0, let page = box.value.take() { pool.recycle(page) } else { box.drop() }
      }
      guard step % 20 == 0 else { continue }
      let expected = Set(held.compactMap { $0.value?.address })
      let holders = monitor.holders
      #expect(Set(holders.map(\.address)) == expected && holders.count == held.count)
      if step % 500 == 0 { allocator.heapForTests.inNeed {} }
    }
    #expect(pool.statistics.ringFull + pool.statistics.cacheFull > 0)
  }

  @Test func aClosedPoolIsToldAsLongAsPagesAreOut() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64), name: "gone")
    let monitor = pool.monitor
    let page = try pool.take(label: "late")
    let holders = pool.close(.revoking).holders
    #expect(monitor.isClosed && monitor.statistics.inFlight == 1)
    #expect(monitor.holders == holders && holders.map(\.isRevoked) == [true])
    _ = consume page
    #expect(monitor.isClosed && monitor.holders.isEmpty)
    #expect(monitor.statistics == PagePoolStatistics() && monitor.name == "gone")
  }

  @Test func aMonitorKeepsNothingAlive() throws {
    weak var heap: Heap?
    var monitor: PagePool.Monitor?
    do {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
      heap = allocator.heapForTests
      var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
      _ = try pool.take()
      monitor = pool.monitor
      #expect(monitor?.statistics.inFlight == 0)
      #expect(heap != nil)
    }
    #expect(heap == nil)
    #expect(monitor?.isClosed == true)
  }

  @Test func theOpenPoolsAndCachesOfAnArenaAreListed() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    #expect(allocator.pools.isEmpty && allocator.objectCaches.isEmpty)
    var first = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64), name: "first")
    let second = try PagePool(
      allocator: allocator, order: 2, limits: .init(out: 8, kept: 8), name: "second")
    let cache = try ObjectCache<Int>(allocator: allocator, kept: 3, name: "numbers") { 5 }
    let page = try first.take(label: "reader")
    let object = try cache.take()
    let pools = allocator.pools
    #expect(pools.map(\.name) == ["first", "second"])
    #expect(pools[0].holders.map(\.label) == ["reader"])
    #expect(pools[1].limits == .init(out: 8, kept: 8) && pools[1].order == 2)
    #expect(allocator.objectCaches == [cache.statistics])
    #expect(cache.statistics.name == "numbers" && cache.statistics.limit == 3)
    #expect(cache.statistics.out == 1 && cache.statistics.created == 1)
    second.close()
    #expect(allocator.pools.map(\.name) == ["first"])
    first.close()
    #expect(allocator.pools.isEmpty && pools[0].holders.map(\.label) == ["reader"])
    _ = consume page
    _ = consume object
  }

  /// Pages that are out all the time are seen all the time, with their labels.
  ///
  /// All others have a label that some holder gave.
  @Test func lookingMeanwhileIsRight() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 400, kept: 300))
    let fixed = try (0..<20).map { _ in DropBox(try pool.take(label: "fixed")) }
    let addresses = Set(fixed.compactMap { $0.value?.address })
    let monitor = pool.monitor
    let isOver = StopSign()
    let looks = EventCounter()
    let watcher = Crew(1) { _ in
      while !isOver.isSet {
        let holders = monitor.holders
        #expect(addresses.isSubset(of: holders.filter { $0.label == "fixed" }.map(\.address)))
        #expect(holders.allSatisfy { ["", "fixed", "passing", "again"].contains($0.label) })
        #expect(monitor.statistics.inFlight >= 0)
        looks.add()
      }
    }
    let lane = PageLane()
    let returner = Crew(1) { _ in
      while lane.putBack(inBulk: true) {}
    }
    var number = 0
    while number < 20_000 || looks.value < 20 {
      number += 1
      guard var page = try? pool.take(label: "passing") else { continue }
      if number % 5 == 0 { page.relabel("again") }
      if number % 3 == 0 { pool.recycle(page) } else { lane.send(page) }
      if number % 5000 == 0 { allocator.heapForTests.inNeed {} }
    }
    isOver.set()
    watcher.join()
    lane.finish()
    returner.join()
    #expect(Set(monitor.holders.map(\.address)) == addresses)
    for page in fixed { page.drop() }
  }

  /// Monitors that look while pools end, and their arenas with them.
  @Test func lookingWhileAPoolEnds() throws {
    let current = Lock<PagePool.Monitor?>(nil)
    let shared = SharedLock(current)
    let isOver = StopSign()
    let watchers = Crew(2) { _ in
      while !isOver.isSet {
        guard let monitor = shared.lock.withLock({ $0 }) else { continue }
        #expect(monitor.holders.count <= 3)
        #expect(monitor.statistics.inFlight <= 3)
        _ = monitor.isClosed
      }
    }
    for round in 0..<300 {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var pool = try PagePool(allocator: allocator, limits: .init(out: 3, kept: 3))
      shared.lock.withLock { $0 = pool.monitor }
      let pages = try (0..<3).map { _ in DropBox(try pool.take(label: "end")) }
      if round % 2 == 0 { pages[0].drop() }
      if round % 3 == 0 { pool.close() } else { _ = consume pool }
      for page in pages { page.drop() }
    }
    isOver.set()
    watchers.join()
  }
}

/// A lock that several threads use.
private final class SharedLock<State: Sendable>: Sendable {
  let lock: Lock<State>
  init(_ lock: consuming Lock<State>) { self.lock = lock }
}
