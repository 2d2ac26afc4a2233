// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// The end of an allocator that two threads bring about together.
///
/// Stress tests: what they look for is a race. Each runs in a process of its own, with an alarm,
/// since memory that is used after its end makes a program crash or hang.
@Suite(.serialized) struct LifetimeRaceTests {
  /// The allocator is gone, and two threads free the last two blocks.
  ///
  /// The one that is not last must not touch the allocator any more, although windows are torn
  /// down after the block is off the books.
  @Test(.timeLimit(.minutes(5)))
  func twoThreadsFreeTheLastTwoBlocks() async {
    await #expect(processExitsWith: .success) {
      alarm(200)
      var random = SeededGenerator(seed: 2)
      let helper = Helper()
      try untilTimeIsUp(seconds: 4) { round in
        let blocks = try blocksOfAnAllocatorThatIsGone()
        helper.start { blocks[round % 2].drop() }
        spin(nanoseconds: Int.random(in: 0..<10_000, using: &random))
        blocks[1 - round % 2].drop()
        helper.wait()
      }
      helper.end()
      #expect(KernelView.descriptorsNamingArenas() == 0)
    }
  }

  /// The pool is closed, and the holders of its last page let go at once.
  ///
  /// The owner, who is not the last, must not touch the pool after the count of holders is lowered.
  /// A violation shows only where the owner is preempted between two instructions, and then as a
  /// write to memory that is free: for long runs, under the address sanitizer.
  @Test(.timeLimit(.minutes(5)))
  func theHoldersOfTheLastPageLetGoTogether() async {
    await #expect(processExitsWith: .success) {
      alarm(200)
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let helpers = [Helper(), Helper(), Helper()]
      var random = SeededGenerator(seed: 3)
      try untilTimeIsUp(seconds: 3) { _ in
        var pool = try PagePool(allocator: allocator, limits: .init(out: 4, kept: 1))
        var page = try pool.take()
        let shared = [DropBox(page.share()), DropBox(page.share()), DropBox(page.share())]
        let owner = DropBox(page)
        pool.close()
        for (helper, page) in zip(helpers, shared) {
          let pause = Int.random(in: 0..<20_000, using: &random)
          helper.start {
            spin(nanoseconds: pause)
            page.drop()
          }
        }
        spin(nanoseconds: Int.random(in: 0..<10_000, using: &random))
        owner.drop()
        for helper in helpers { helper.wait() }
      }
      for helper in helpers { helper.end() }
      #expect(allocator.statistics.live == 0)
    }
  }
}

/// A stitched block and one that is not, the last two of an allocator.
private func blocksOfAnAllocatorThatIsGone() throws -> [DropBox<CompoundBuffer>] {
  var configuration = AllocatorConfiguration()
  configuration.fallback = .nthRequest(1)
  // So few that every window that is retired is torn down at once.
  configuration.mappingLimit = 16
  let allocator = try CompoundAllocator(
    capacity: PageCount(16).byteCount, configuration: configuration)
  let stitched = try allocator.allocate(pageCount: 8)
  let plain = try allocator.allocate(pageCount: 2)
  let areStitched = [stitched.isStitched, plain.isStitched]
  precondition(areStitched == [true, false])
  return [DropBox(stitched), DropBox(plain)]
}
