// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Scattered free memory becomes runs off the path of requests.
@Suite struct HealingTests {
  private func isContiguous(_ pages: Int, _ allocator: CompoundAllocator) throws -> Bool {
    let before = allocator.statistics
    let buffer = try allocator.allocate(pageCount: PageCount(pages))
    let isStitched = buffer.isStitched
    return !isStitched && allocator.statistics.exchangedAllocations == before.exchangedAllocations
  }

  @Test(arguments: [1, 2, 40, 300])
  func aRunIsMadeOfScatteredFrames(run: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let kept = try allocator.fragment { $0 / run % 2 == 0 }
    for (index, page) in kept.enumerated() { writeStamps(page, pages: 1, block: index) }
    let free = allocator.statistics.free
    let moved = allocator.heapForTests.heal(1000)
    #expect(moved == 1024)
    #expect(allocator.statistics.free == free)
    #expect(try allocator.residentByteCountOfKernel() == allocator.statistics.resident)
    #expect(try isContiguous(1000, allocator))
    // What is there is not made again.
    #expect(allocator.heapForTests.heal(1000) == 0)
    for (index, page) in kept.enumerated() {
      #expect(stampsHold(page, pages: 1, block: index))
    }
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func whatIsNotFreeIsNotMade() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    #expect(allocator.heapForTests.heal(1025) == 0)
    #expect(try isContiguous(1024, allocator) == false)
    allocator.deallocate(all: kept)
  }

  @Test func whereLessThanAChunkIsFreeNothingIsGivenBack() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 < 600 && $0 % 2 == 0 }
    allocator.drainCaches()
    #expect(allocator.heapForTests.heal(100) == 0)
    #expect(allocator.statistics.resident == .mebibytes(8))
    allocator.deallocate(all: kept)
  }

  @Test func whereMuchIsFreeNothingIsMade() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    allocator.drainCaches()
    // 1024 are free: runs of a tenth of that come by themselves.
    #expect(allocator.heapForTests.heal(102) == 0)
    #expect(allocator.heapForTests.heal(103) == 512)
    allocator.deallocate(all: kept)
  }

  @Test(arguments: [SystemCallKind.punchHole, .populate, .collapse], [1, 2, Int.max])
  func whatTheKernelRefusesEndsIt(call: SystemCallKind, times: Int) throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16), faults: faults)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    for nth in [1, 2, 7] {
      faults.fail(call, nth: nth, times: times, errno: ENOMEM)
      allocator.heapForTests.heal(PageCount(700 + nth))
      #expect(allocator.statistics.free == PageCount(2048).byteCount)
      #expect(try allocator.residentByteCountOfKernel() == allocator.statistics.resident)
      faults.clear()
    }
    allocator.heapForTests.heal(1800)
    #expect(try isContiguous(1800, allocator))
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  /// An allocator that heals at a rate, of which a block was stitched, and the pages that scatter
  /// it.
  ///
  /// Its runs of 300 pages are cheaper to stitch than to exchange.
  private func stitched(
    healing rate: ByteCount
  ) throws -> (allocator: CompoundAllocator, kept: [UnsafeMutableRawPointer]) {
    var upkeep = ArenaUpkeep()
    upkeep.decay = nil
    upkeep.healingPerSecond = rate
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16), upkeep: upkeep)
    let kept = try allocator.fragment { $0 / 300 % 2 == 0 }
    let isStitched = try allocator.allocate(pageCount: 1000).isStitched
    #expect(isStitched)
    return (allocator, kept)
  }

  private func hasRun(of pages: PageCount, _ allocator: CompoundAllocator) -> Bool {
    allocator.heapForTests.pages.read { $0.frames.hasRun(of: pages) }
  }

  /// A block that was stitched is the sign; the next one of its size finds a run.
  @Test func theThreadMakesWhatAStitchedBlockLacked() throws {
    let (allocator, kept) = try stitched(healing: .gibibytes(64))
    #expect(waits { hasRun(of: 1000, allocator) })
    #expect(try isContiguous(1000, allocator))
    allocator.deallocate(all: kept)
  }

  @Test func itsRateIsBounded() throws {
    let (allocator, kept) = try stitched(healing: .kibibytes(4))
    // One run, and then nothing for some minutes.
    #expect(waits { hasRun(of: 1000, allocator) })
    let taken = try allocator.allocate(pageCount: 1000)
    _ = try allocator.allocate(pageCount: 900).isStitched
    sleepFor(milliseconds: 200)
    #expect(!hasRun(of: 900, allocator))
    _ = consume taken
    allocator.deallocate(all: kept)
  }
}
