// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// The helper thread: when there is one, and what it gives back.
@Suite(.serialized) struct HelperTests {
  private func open(
    decay: Duration?, _ capacity: ByteCount = .mebibytes(32), faults: FaultPlan? = nil
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.upkeep = ArenaUpkeep()
    configuration.upkeep?.decay = decay
    configuration.faultPlan = faults
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  @Test func memoryThatIsNotNeededGoesBackByItself() throws {
    let allocator = try open(decay: .milliseconds(200))
    let kept = try allocator.fragment { $0 % 16 != 0 }
    #expect(allocator.statistics.peakResident > .mebibytes(30))
    #expect(
      waits { (try? allocator.residentByteCountOfKernel()) == PageCount(kept.count).byteCount })
    // Whole chunks and single pages alike; what is in use is as it was. (The ledger learns of it
    // after the kernel.)
    #expect(waits { allocator.statistics.resident == PageCount(kept.count).byteCount })
    let buffer = try allocator.allocate(pageCount: PageCount(8192 - kept.count))
    _ = consume buffer
    allocator.deallocate(all: kept)
    #expect(waits { (try? allocator.residentByteCountOfKernel()) == 0 })
  }

  @Test func itGoesGradually() throws {
    // Steps of half a second: long enough for a test thread that is kept from its processor.
    let allocator = try open(decay: .seconds(4))
    _ = try allocator.allocate(pageCount: 8192, zeroed: true).byteCount
    let start = ContinuousClock.now
    #expect(waits { allocator.statistics.resident < .mebibytes(32) })
    #expect(start.duration(to: .now) > .seconds(1))
    #expect(allocator.statistics.resident >= .mebibytes(8))
  }

  @Test func whatIsUsedAgainAndAgainStays() throws {
    let faults = FaultPlan()
    let allocator = try open(decay: .seconds(2), faults: faults)
    let start = ContinuousClock.now
    while start.duration(to: .now) < .seconds(4) {
      _ = try allocator.allocate(pageCount: 8192).byteCount
      sleepFor(milliseconds: 1)
    }
    #expect(faults.count(of: .punchHole) == 0)
    // The thread is at work: what is not used any more goes.
    #expect(waits { faults.count(of: .punchHole) > 0 })
  }

  @Test func aRefusedThreadIsAnError() throws {
    let faults = FaultPlan()
    faults.fail(.createThread, nth: 1, times: 1, errno: EAGAIN)
    #expect(throws: CompoundError.systemCall(.createThread, errno: EAGAIN)) {
      _ = try open(decay: .seconds(1), faults: faults)
    }
    _ = try open(decay: .seconds(1), faults: faults).allocate(pageCount: 3).byteCount
  }

  /// Requests are never refused while it works, and it takes nothing that is in use.
  @Test(arguments: [nil, 100]) func requestsAreServedMeanwhile(mappingLimit: Int?) throws {
    var configuration = AllocatorConfiguration()
    configuration.mappingLimit = mappingLimit
    configuration.upkeep = ArenaUpkeep()
    configuration.upkeep?.decay = .milliseconds(1)
    configuration.upkeep?.healingPerSecond = .gibibytes(64)
    let allocator = try CompoundAllocator(capacity: .mebibytes(16), configuration: configuration)
    let kept = try allocator.fragment { $0 % 3 == 0 }
    for (index, page) in kept.enumerated() { writeStamps(page, pages: 1, block: index) }
    let share = (4096 - kept.count) / 2
    onThreads(2) { thread in
      var generator = SeededGenerator(seed: UInt64(thread))
      for _ in 0..<400 {
        let pages = Int.random(in: 1...share, using: &generator)
        guard var buffer = try? allocator.allocate(pageCount: PageCount(pages)) else {
          Issue.record("\(pages) pages refused")
          return
        }
        buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: thread) }
        let holds = buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: thread) }
        if !holds { Issue.record("a block's pages are not its own") }
      }
    }
    for (index, page) in kept.enumerated() {
      #expect(stampsHold(page, pages: 1, block: index))
    }
    allocator.deallocate(all: kept)
  }
}
