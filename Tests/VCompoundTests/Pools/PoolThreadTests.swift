// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Pools whose pages come back on other threads; the thread sanitizer runs these.
@Suite struct PoolThreadTests {
  @Test(arguments: [1, 2, 4])
  func pagesComeBackFromOtherThreads(returners: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1024, kept: 512))
    let lanes = (0..<returners).map { _ in Lane() }
    let crew = Crew(returners) { index in
      while lanes[index].dropNext() {}
    }
    let total = 40_000
    for number in 0..<total {
      var page = pool.takeWaiting()
      page.withUnsafeMutableBytes { $0.storeBytes(of: number, as: Int.self) }
      lanes[number % returners].send(page)
    }
    for lane in lanes { lane.finish() }
    crew.join()
    #expect(pool.statistics.inFlight == 0)
    let statistics = pool.statistics
    #expect(statistics.ring + statistics.ringFull == total)
    #expect(pool.close().holders.isEmpty)
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  /// Random holders, slow readers, a memory-hungry neighbour, and pools that close early: no page
  /// is lost.
  @Test(arguments: 0..<3)
  func noPageIsLost(seed: UInt64) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    let neighbour = Neighbour(allocator)
    let hungry = Crew(1) { _ in neighbour.run() }
    var random = SeededGenerator(seed: seed)
    for _ in 0..<6 {
      var pool = try PagePool(allocator: allocator, limits: .init(out: 300, kept: 100))
      let lanes = (0..<2).map { _ in Lane() }
      let crew = Crew(2) { index in
        while lanes[index].keepSomeAndDrop(seed: UInt64(index)) {}
      }
      for number in 0..<4_000 {
        guard var page = try? pool.take(label: "test") else { continue }
        page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: number) }
        switch Int.random(in: 0..<8, using: &random) {
        case 0: pool.recycle(page)
        case 1:
          lanes[0].send(page.share())
          pool.recycle(page)
        case 2:
          // Two readers, who may be last on either thread.
          lanes[0].send(page.share())
          lanes[1].send(page.share())
        case 3:
          if let fragment = try? pool.takeFragment(byteCount: 700) { lanes[1].send(fragment) }
        default: lanes[number % 2].send(page)
        }
      }
      pool.close()
      for lane in lanes { lane.finish() }
      crew.join()
    }
    neighbour.stop()
    hungry.join()
    #expect(allocator.statistics.live == 0)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.heapForTests.validate()
  }
}

extension PagePool {
  /// Takes a page as soon as one is back.
  mutating func takeWaiting() -> PooledPage {
    while true {
      if let page = try? take() { return page }
      OperatingSystem.yieldProcessor()
    }
  }
}

/// Takes much of the arena now and then, so that pools must give up what they keep.
private final class Neighbour: Sendable {
  private let allocator: CompoundAllocator
  private let isStopped = Atomic<Bool>(false)

  init(_ allocator: CompoundAllocator) { self.allocator = allocator }

  func run() {
    while !isStopped.load(ordering: .relaxed) {
      _ = try? allocator.allocate(pageCount: 900)
      OperatingSystem.yieldProcessor()
    }
  }

  func stop() { isStopped.store(true, ordering: .relaxed) }
}

/// A queue of pages to another thread.
private final class Lane: @unchecked Sendable {
  enum Item: ~Copyable {
    case page(PooledPage)
    case shared(SharedPage)
    case fragment(PageFragment)
  }

  private final class Box {
    var item: Item?
    init(_ item: consuming Item) { self.item = consume item }

    func gather(into batch: inout PooledPageBatch) {
      switch item.take() {
      case .page(let page)?: batch.append(page)
      case .shared(let page)?: batch.append(page)
      case .fragment(let fragment)?: _ = fragment
      case nil: break
      }
    }
  }

  private let lock = Lock<(boxes: [Box], isFinished: Bool)>(([], false))
  private var kept: [Box] = []
  private var random = SeededGenerator(seed: 99)

  func send(_ page: consuming PooledPage) { append(.page(page)) }
  func send(_ page: consuming SharedPage) { append(.shared(page)) }
  func send(_ page: consuming PageFragment) { append(.fragment(page)) }

  private func append(_ item: consuming Item) {
    let box = Box(item)
    lock.withLock { $0.boxes.append(box) }
  }

  func finish() { lock.withLock { $0.isFinished = true } }

  private func next() -> (boxes: [Box], isFinished: Bool) {
    lock.withLock { state in
      let boxes = state.boxes
      state.boxes = []
      return (boxes, state.isFinished && boxes.isEmpty)
    }
  }

  /// Drops what has come.
  ///
  /// - Returns: whether more may come.
  func dropNext() -> Bool {
    let (boxes, isFinished) = next()
    for box in boxes { box.item = nil }
    if boxes.isEmpty { OperatingSystem.yieldProcessor() }
    return !isFinished
  }

  /// Drops most of what has come, and the rest later.
  func keepSomeAndDrop(seed: UInt64) -> Bool {
    let (boxes, isFinished) = next()
    var batch = PooledPageBatch()
    for box in boxes {
      switch Int.random(in: 0..<4, using: &random) {
      case 0: kept.append(box)
      case 1: box.gather(into: &batch)
      default: box.item = nil
      }
    }
    while kept.count > (isFinished ? 0 : 50) {
      let index = Int.random(in: 0..<kept.count, using: &random)
      kept.remove(at: index).item = nil
    }
    if boxes.isEmpty { OperatingSystem.yieldProcessor() }
    return !isFinished
  }
}
