// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// The contract for children of fork, function by function, whatever locks its parent's threads
/// hold at the moment of the fork.
@Suite(.serialized) struct ForkMatrixTests {
  @Test(.timeLimit(.minutes(10)))
  func everyFunctionAnswersInAChildAsDocumented() async {
    await #expect(processExitsWith: .success) { try Self.forkEveryFunction(census: .off) }
  }

  @Test(.timeLimit(.minutes(10)))
  func everyFunctionAnswersAsDocumentedWhereACensusIsKept() async {
    await #expect(processExitsWith: .success) { try Self.forkEveryFunction(census: .everything) }
  }

  private static func forkEveryFunction(census: CensusCoverage) throws {
    // What children do, this process does first: the Swift runtime builds its tables under
    // locks that lost threads may hold.
    for row in ForkRow.all {
      let world = try ForkWorld(patience: .zero, census: census)
      _ = row.body(world)
    }
    let world = try ForkWorld(patience: .seconds(60), census: census)
    let churn = try ForkChurn(world)
    let crew = Crew(2) { churn.work($0) }
    churn.waitUntilWarm()
    var rows = ForkRow.all
    var failures: [String] = []
    untilTimeIsUp(seconds: 8) { round in
      var children = ForkChildren()
      for row in rows { children.start(row.name) { row.body(world) ? 0 : 1 } }
      for (row, child) in zip(rows, children.ends()) where child.end != row.end {
        failures.append("\(row.name): \(child.end), fork \(round)")
        // Once is enough: a child that hangs takes five seconds.
        rows.removeAll { $0.name == row.name }
      }
    }
    churn.stop()
    crew.join()
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")

    // The parent has not noticed.
    #expect(world.plain?.facts == world.plainFacts)
    #expect(world.stitched?.facts == world.stitchedFacts)
    #expect(world.slots.facts == world.slotFacts)
    #expect(world.pairs.facts == world.pairFacts)
    #expect(world.page?.isUnique == true && world.owner?.isUnique == false)
    #expect(world.cache?.statistics.out == 1)
    let allocator = world.allocator
    #expect(allocator.block(containing: world.pointers[2])?.baseAddress == world.pointers[2])
    world.dropAll()
    churn.freeAll()
    #expect(allocator.statistics.liveBlocks == 1)
    #expect(census == .off || allocator.census().total.blocks == 1)
  }
}

/// What threads do that keep the locks of a world busy.
///
/// One looks, under locks that take long where memory is scattered; the other allocates, frees,
/// stitches, and is the consumer of the pool and a user of the cache that children use.
private final class ForkChurn: @unchecked Sendable {
  private let world: ForkWorld
  private let allocator: CompoundAllocator
  private let isStopping = Atomic(false)
  private let rounds = [EventCounter(), EventCounter()]
  private var scattered: [UnsafeMutableRawPointer] = []

  init(_ world: ForkWorld) throws {
    self.world = world
    allocator = world.allocator
    let pages = try (0..<1000).map { _ in try world.allocator.allocatePointer(byteCount: .page) }
    for (index, page) in pages.enumerated() {
      if index % 2 == 0 { allocator.deallocate(page) } else { scattered.append(page) }
    }
  }

  func freeAll() { allocator.deallocate(all: scattered) }

  func stop() { isStopping.store(true, ordering: .relaxed) }

  func waitUntilWarm() {
    while rounds.contains(where: { $0.value < 20 }) { usleep(1000) }
  }

  func work(_ index: Int) {
    var random = SeededGenerator(seed: UInt64(index))
    while !isStopping.load(ordering: .relaxed) {
      if index == 0 { look() } else { try? use(&random) }
      rounds[index].add()
    }
  }

  private func look() {
    _ = allocator.fragmentation
    allocator.drain()
    _ = allocator.statistics
    _ = allocator.report()
    _ = allocator.map(cellCount: 100)
    _ = try? allocator.footprint()
    for pointer in world.pointers { _ = allocator.block(containing: pointer) }
    // The locks of the windows, of the pool and of the cache.
    for _ in 0..<400 { _ = allocator.owns(scattered) }
    for _ in 0..<100 { _ = world.pool?.statistics }
    for _ in 0..<100 { _ = world.cache?.statistics }
  }

  private func use(_ random: inout SeededGenerator) throws {
    for _ in 0..<4 {
      let pages = Int.random(in: 1...40, using: &random)
      var buffer = try allocator.allocate(pageCount: PageCount(pages))
      try buffer.resize(toByteCount: PageCount(Int.random(in: 1...40, using: &random)).byteCount)
    }
    let order = PageOrder(Int.random(in: 0...1, using: &random))
    var slots = PageSlots(count: 20, order: order, allocator: allocator)
    try allocator.allocate(into: &slots)
    // More pages than the pool keeps, so that some go to the frames; others are cut.
    let held = try (0..<40).map { _ in DropBox(try world.pool?.take()) }
    for page in held { page.drop() }
    let items = try (0..<10).map { _ in DropBox(try world.cache?.take()) }
    for item in items { item.drop() }
    // Keepers that come and go.
    _ = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
    _ = try ObjectCache<ForkWorld.Item>(allocator: allocator, kept: 1) { .init(repeating: 1) }
    if Int.random(in: 0..<8, using: &random) == 0 { try allocator.trim() }
  }
}
