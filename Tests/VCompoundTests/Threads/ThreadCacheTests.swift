// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// What threads keep for themselves: it is fast to use, and hides from nobody.
@Suite struct ThreadCacheTests {
  private static func allocator(_ capacity: ByteCount) throws -> CompoundAllocator {
    try CompoundAllocator.contiguousFirst(capacity)
  }

  @Test func aFreedBlockComesBackToItsThread() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    for kibibytes in [4, 16, 64, 1024, 4096] {
      let size = ByteCount.kibibytes(kibibytes)
      let first = try allocator.allocatePointer(byteCount: size, alignment: .page)
      allocator.deallocate(first)
      #expect(allocator.statistics.cached >= size)
      let second = try allocator.allocatePointer(byteCount: size, alignment: .page)
      #expect(second == first)
      allocator.deallocate(second)
    }
  }

  @Test func smallAlignmentsAreServedFromMagazinesAndWrongOnesAreNot() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    let block = try allocator.allocatePointer(byteCount: .kibibytes(8))
    allocator.deallocate(block)
    for alignment in [ByteCount(1), 16, 64, 4096] {
      let cached = allocator.statistics.cached
      #expect(cached == .kibibytes(8))
      let again = try allocator.allocatePointer(byteCount: .kibibytes(8), alignment: alignment)
      #expect(again == block)
      #expect(allocator.statistics.cached == 0)
      allocator.deallocate(again)
    }
    for alignment in [ByteCount(0), -16, 3, 48, 4095] {
      #expect(throws: CompoundError.invalidAlignment(alignment)) {
        try allocator.allocatePointer(byteCount: .kibibytes(8), alignment: alignment)
      }
    }
  }

  @Test func whatIsCachedCountsAsFree() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    let pointer = try allocator.allocatePointer(byteCount: .mebibytes(1))
    #expect(allocator.statistics.live == .mebibytes(1))
    allocator.deallocate(pointer)
    #expect(allocator.statistics.cached == .mebibytes(1))
    #expect(allocator.statistics.live == 0)
    #expect(allocator.statistics.free == .mebibytes(64))
    #expect(allocator.statistics.liveBlocks == 0)
    #expect(allocator.block(containing: pointer) == nil)
    #expect(try allocator.trim() == .mebibytes(2))
    #expect(allocator.statistics.cached == 0)
    allocator.heapForTests.validate()
  }

  @Test func countsAddUpThroughCaches() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    for _ in 0..<100 {
      allocator.deallocate(try allocator.allocatePointer(byteCount: .kibibytes(8)))
      _ = try allocator.allocate(byteCount: .kibibytes(8)).byteCount
    }
    let held = try allocator.allocate(byteCount: .kibibytes(8))
    #expect(allocator.statistics.contiguousAllocations == 201)
    #expect(allocator.statistics.frees == 200)
    #expect(allocator.statistics.liveBlocks == 1)
    _ = consume held
    allocator.heapForTests.validate()
  }

  /// One thread keeps what it can in its magazines and goes on using them; another one takes
  /// every last free page.
  @Test func nothingHidesFromARequest() throws {
    let allocator = try Self.allocator(.mebibytes(8))
    let flags = FlagBox()
    let crew = Crew(1) { _ in
      // Blocks of many sizes, all freed: as much in the magazines as they take.
      for pages in [1, 2, 3, 4, 5, 6, 7, 8, 16, 32] {
        let blocks = (0..<15).compactMap { _ in
          try? allocator.allocatePointer(byteCount: PageCount(pages).byteCount)
        }
        for block in blocks { allocator.deallocate(block) }
      }
      flags.hasHoarded.store(true, ordering: .releasing)
      while !flags.isStopping.load(ordering: .acquiring) {}
    }
    while !flags.hasHoarded.load(ordering: .acquiring) {}
    #expect(allocator.statistics.cached > 0)
    // In pages, and in one piece.
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<2048 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    #expect(allocator.statistics.free == 0)
    allocator.deallocate(all: pages)
    let whole = try allocator.allocate(byteCount: .mebibytes(8))
    #expect(allocator.statistics.free == 0)
    _ = consume whole
    flags.isStopping.store(true, ordering: .releasing)
    crew.join()
    allocator.drainCaches()
    allocator.heapForTests.validate()
  }

  /// The owner uses its magazines all the time while another thread empties them again and again.
  @Test func emptyingACacheThatIsInUseLosesNothing() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    let flags = FlagBox()
    let crew = Crew(2) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var held: [(UnsafeMutableRawPointer, Int, Int)] = []
      for round in 0..<60_000 {
        let pages = [1, 2, 4, 8][Int.random(in: 0..<4, using: &random)]
        if let base = try? allocator.allocatePointer(byteCount: PageCount(pages).byteCount) {
          let id = index << 32 | round
          base.storeBytes(of: id, as: Int.self)
          held.append((base, pages, id))
        }
        if held.count > 20 || round % 3 == 0, !held.isEmpty {
          let pick = Int.random(in: held.indices, using: &random)
          let (base, _, id) = held.remove(at: pick)
          if base.load(as: Int.self) != id { flags.damage.wrappingAdd(1, ordering: .relaxed) }
          allocator.deallocate(base)
        }
      }
      for (base, _, _) in held { allocator.deallocate(base) }
      flags.finished.wrappingAdd(1, ordering: .releasing)
    }
    while flags.finished.load(ordering: .acquiring) < 2 {
      allocator.drainCaches()
    }
    crew.join()
    #expect(flags.damage.load(ordering: .relaxed) == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.liveBlocks == 0)
    #expect(allocator.statistics.free == .mebibytes(64))
    allocator.heapForTests.validate()
  }

  @Test func threadsThatEndLeaveNothingBehind() throws {
    let allocator = try Self.allocator(.mebibytes(64))
    for _ in 0..<50 {
      onThreads(2) { _ in
        for pages in [1, 5, 64] {
          if let block = try? allocator.allocatePointer(byteCount: PageCount(pages).byteCount) {
            allocator.deallocate(block)
          }
        }
      }
      #expect(allocator.statistics.cached == 0)
    }
    // Their caches serve the threads that come after them.
    var count = 0
    allocator.heapForTests.threads.withAll { forEach in forEach { _ in count += 1 } }
    #expect(count <= 4, "\(count) caches for two threads at a time")
    allocator.heapForTests.validate()
  }

  @Test func aThreadMayOutliveAnAllocator() throws {
    onThreads(1) { _ in
      for _ in 0..<20 {
        guard let allocator = try? Self.allocator(.mebibytes(4)),
          let other = try? Self.allocator(.mebibytes(4))
        else { continue }
        for _ in 0..<5 {
          if let block = try? allocator.allocatePointer(byteCount: 1) {
            allocator.deallocate(block)
          }
          if let block = try? other.allocatePointer(byteCount: 1) { other.deallocate(block) }
        }
      }
    }
    let allocator = try Self.allocator(.mebibytes(4))
    allocator.deallocate(try allocator.allocatePointer(byteCount: 1))
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func twoAllocatorsOnOneThreadKeepTheirBlocksApart() throws {
    let first = try Self.allocator(.mebibytes(16))
    let second = try Self.allocator(.mebibytes(16))
    for _ in 0..<1000 {
      let a = try first.allocatePointer(byteCount: .kibibytes(8))
      let b = try second.allocatePointer(byteCount: .kibibytes(8))
      #expect(first.owns(a) && !second.owns(a) && second.owns(b))
      first.deallocate(a)
      second.deallocate(b)
    }
    first.drainCaches()
    second.drainCaches()
    first.heapForTests.validate()
    second.heapForTests.validate()
  }

  @Test func buffersOutliveTheAllocatorThroughCaches() throws {
    var buffer: CompoundBuffer?
    do {
      let allocator = try Self.allocator(.mebibytes(16))
      // Warm, so that the block comes from a magazine.
      _ = try allocator.allocate(pageCount: 3).byteCount
      buffer = try allocator.allocate(pageCount: 3)
    }
    let holds = buffer?.withUnsafeMutableBytes { bytes in
      writeStamps(bytes, pages: 3, block: 1)
      return stampsHold(UnsafeRawBufferPointer(bytes), pages: 3, block: 1)
    }
    #expect(holds == true)
    buffer = nil
  }

  @Test func withoutTheBarrierNothingIsCached() throws {
    let faults = FaultPlan()
    faults.fail(.registerBarrier, errno: 38)
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16), faults: faults)
    allocator.deallocate(try allocator.allocatePointer(byteCount: 1))
    #expect(allocator.statistics.cached == 0)
  }

  @Test func theSlowBarrierStandsInForTheQuickOne() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), faults: faults)
    allocator.deallocate(try allocator.allocatePointer(byteCount: .kibibytes(40)))
    faults.fail(.barrier, times: .max, errno: 1)
    let whole = try allocator.allocate(byteCount: .mebibytes(2))
    #expect(whole.byteCount == .mebibytes(2))
    #expect(faults.count(of: .globalBarrier) > 0)
  }

  @Test func withoutAnyBarrierTheProgramStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let faults = FaultPlan()
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), faults: faults)
      allocator.deallocate(try allocator.allocatePointer(byteCount: .kibibytes(40)))
      faults.fail(.barrier, times: .max, errno: 1)
      faults.fail(.globalBarrier, times: .max, errno: 1)
      _ = try allocator.allocate(byteCount: .mebibytes(2))
    }
    #expect(lastWords(result, say: "membarrier"))
  }
}

/// What threads of a test tell each other.
private final class FlagBox: Sendable {
  let isStopping = Atomic(false)
  let hasHoarded = Atomic(false)
  let finished = Atomic(0)
  let damage = Atomic(0)
}
