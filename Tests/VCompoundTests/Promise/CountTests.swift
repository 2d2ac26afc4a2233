// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What the statistics say stays true when requests are refused, and under load.
@Suite struct CountTests {
  /// Room to grow is a share of what was in use, not of what was asked for in vain.
  @Test(arguments: [false, true])
  func aRefusedRequestRaisesNoPeak(isGrowth: Bool) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.residencySlack = 0
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    // The first chunk alone is resident; every other page of it is free.
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<512 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    let isEven = { (page: UnsafeMutableRawPointer) in UInt(bitPattern: page) >> 12 & 1 == 0 }
    for page in pages where isEven(page) { allocator.deallocate(page) }
    #expect(allocator.statistics.resident == .mebibytes(2))

    if isGrowth {
      var buffer = try allocator.allocate(pageCount: 1)
      do throws(CompoundError) {
        try buffer.resize(toByteCount: PageCount(1900).byteCount)
        Issue.record("more pages than are free")
      } catch {}
    } else {
      #expect(throws: CompoundError.self) {
        _ = try allocator.allocatePointer(byteCount: PageCount(1800).byteCount)
      }
    }
    #expect(allocator.statistics.resident == .mebibytes(2))
    let buffer = try allocator.allocate(pageCount: 100)
    let isStitched = buffer.isStitched
    #expect(isStitched)
    #expect(allocator.statistics.resident == .mebibytes(2))
    _ = consume buffer
    for page in pages where !isEven(page) { allocator.deallocate(page) }
  }

  /// A reader beside threads that allocate and free never sees fewer than no blocks.
  @Test func countsAreNeverNegative() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let isOver = Flag()
    let crew = Crew(3) { index in
      var random = SeededGenerator(seed: UInt64(index))
      while !isOver.isRaised {
        let blocks = (0..<Int.random(in: 1...300, using: &random)).compactMap { _ in
          try? allocator.allocatePointer(byteCount: 48)
        }
        for block in blocks { allocator.deallocate(block) }
      }
    }
    var (leastObjects, leastBlocks, leastFrees) = (0, 0, 0)
    let end = ContinuousClock.now + .seconds(2)
    while leastObjects >= 0, ContinuousClock.now < end {
      let statistics = allocator.statistics
      leastObjects = min(leastObjects, statistics.liveObjects)
      leastBlocks = min(leastBlocks, statistics.liveBlocks)
      leastFrees = min(leastFrees, statistics.frees)
    }
    isOver.raise()
    crew.join()
    #expect(leastObjects == 0)
    #expect(leastBlocks == 0)
    #expect(leastFrees == 0)
    #expect(allocator.statistics.liveObjects == 0)
  }

  /// Every refused request is counted once, whatever it asked for.
  @Test(arguments: [100, 4096, 5000])
  func refusalsAreCounted(size: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(4).byteCount)
    let whole = try allocator.allocatePointer(byteCount: PageCount(4).byteCount)
    for count in 1...3 {
      #expect(throws: CompoundError.self) {
        _ = try allocator.allocatePointer(byteCount: ByteCount(size))
      }
      #expect(allocator.statistics.failures == count)
    }
    allocator.deallocate(whole)
  }

  @Test(arguments: [100, 4096, 5000])
  func refusalsByTheSystemAreCounted(size: Int) throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), faults: faults)
    faults.fail(.populate, times: .max, errno: ENOMEM)
    #expect(throws: CompoundError.systemCall(.populate, errno: ENOMEM)) {
      _ = try allocator.allocatePointer(byteCount: ByteCount(size))
    }
    #expect(allocator.statistics.failures == 1)
  }

  /// An object that stays where it is, since nothing else is free, has not been refused anything.
  @Test func aResizeThatSucceedsIsNoFailure() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.page)
    let object = try allocator.allocatePointer(byteCount: 1000)
    let same = try allocator.reallocatePointer(object, byteCount: 100)
    #expect(same == object)
    #expect(allocator.statistics.failures == 0)
    allocator.deallocate(same)
  }
}
