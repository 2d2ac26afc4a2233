// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// How long the memory lives: while an allocator, a pool, an object cache or a page array of it
/// does, or a block that belongs to a buffer is out.
///
/// It ends once.
/// Whether it has ended, the descriptor of the arena's file tells, which is closed then.
@Suite struct LifetimeTests {
  /// Blocks come and go while something else than the allocator keeps the memory: that no block is
  /// out any more is not the end, each time.
  @Test(arguments: survivors.indices)
  func blocksComeAndGoAfterTheAllocator(_ index: Int) async {
    await #expect(processExitsWith: .success) { [index] in
      alarm(60)
      var allocator: CompoundAllocator? = try CompoundAllocator.ofBuild(.mebibytes(2))
      let survivor = Survivor()
      if let allocator { try survivors[index].make(survivor, allocator) }
      let block = DropBox(try allocator?.allocate(byteCount: .kibibytes(40)))
      allocator = nil
      block.drop()
      for _ in 0..<8 { try survivors[index].cycle(survivor) }
      #expect(KernelView.descriptorsNamingArenas() == 1)
      survivor.drop()
      #expect(KernelView.descriptorsNamingArenas() == 0)
    }
  }

  /// The memory ends with the last of those that keep it, in whatever order they go.
  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]])
  func theMemoryEndsWithTheLastThatKeepsIt(_ order: [Int]) async {
    await #expect(processExitsWith: .success) { [order] in
      alarm(60)
      var allocator: CompoundAllocator? = try CompoundAllocator.ofBuild(.mebibytes(2))
      let all = survivors.map { _ in Survivor() }
      for (survivor, kind) in zip(all, survivors) {
        if let allocator { try kind.make(survivor, allocator) }
      }
      let block = DropBox(try allocator?.allocate(byteCount: .kibibytes(40)))
      allocator = nil
      for index in order {
        try survivors[index].cycle(all[index])
        all[index].drop()
        #expect(KernelView.descriptorsNamingArenas() == 1)
      }
      block.drop()
      #expect(KernelView.descriptorsNamingArenas() == 0)
    }
  }
}

/// What may outlive its allocator.
private final class Survivor {
  var pool: PagePool?
  var cache: ObjectCache<InlineArray<100, UInt8>>?
  var slots: PageSlots?

  func drop() {
    pool = nil
    cache = nil
    slots = nil
  }
}

/// How a survivor is made, and how a block of it comes and goes.
private struct SurvivorKind: Sendable {
  let make: @Sendable (Survivor, CompoundAllocator) throws -> Void
  let cycle: @Sendable (Survivor) throws -> Void
}

/// A pool and a cache that keep next to nothing, so that blocks really go; and a page array.
private let survivors = [
  SurvivorKind(
    make: { $0.pool = try PagePool(allocator: $1, limits: .init(out: 8, kept: 1)) },
    cycle: { _ = try $0.pool?.take() }),
  SurvivorKind(
    make: { $0.cache = try ObjectCache(allocator: $1, kept: 0) { InlineArray(repeating: 7) } },
    cycle: { _ = try $0.cache?.take() }),
  SurvivorKind(
    make: { survivor, allocator in
      var slots = PageSlots(count: 8, allocator: allocator)
      try allocator.allocate(into: &slots)
      survivor.slots = consume slots
    },
    cycle: { survivor in
      // Page by page, and in the end there is none.
      for index in 0..<8 where survivor.slots?.isFilled(at: index) == true {
        _ = survivor.slots?.take(at: index)
        break
      }
    }),
]
