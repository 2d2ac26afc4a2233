// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// What the policy `.whenNeeded` grants, `.always` grants too.
@Suite struct ForcedGrantTests {
  private func allocator(
    _ policy: FallbackPolicy, _ capacity: ByteCount
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// More blocks than there are mappings for.
  @Test(arguments: [FallbackPolicy.whenNeeded, .always])
  func manyBlocksCanBeOut(policy: FallbackPolicy) throws {
    let allocator = try allocator(policy, .gibibytes(1))
    var random = SeededGenerator(seed: 1)
    var blocks: [DropBox<CompoundBuffer>] = []
    for number in 0..<12_000 {
      let pages = Int.random(in: 2...8, using: &random)
      do throws(CompoundError) {
        blocks.append(DropBox(try allocator.allocate(pageCount: PageCount(pages))))
      } catch {
        Issue.record("block \(number) of \(pages) pages: \(error)")
        return
      }
    }
    let statistics = allocator.statistics
    #expect(statistics.liveBlocks == 12_000)
    #expect(statistics.mappings <= statistics.mappingLimit)
    #expect(statistics.failures == 0)
  }

  @Test(arguments: [FallbackPolicy.whenNeeded, .always], [nil, 200])
  func buffersCanGrowStepByStep(policy: FallbackPolicy, mappingLimit: Int?) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    configuration.mappingLimit = mappingLimit
    let allocator = try CompoundAllocator(capacity: .mebibytes(256), configuration: configuration)
    // Four of them in turn: more than half of the arena at the end.
    let buffers = try (0..<4).map { _ in DropBox(try allocator.allocate(pageCount: 1)) }
    var pages = 1
    while pages < 8200 {
      let (old, new) = (pages, pages + max(1, pages / 2))
      for (number, buffer) in buffers.enumerated() {
        try buffer.value?.resize(toByteCount: PageCount(new).byteCount)
        buffer.value?.withUnsafeMutableBytes {
          writeStamps($0, pages: new, block: number, from: old == 1 ? 0 : old)
        }
      }
      pages = new
    }
    for (number, buffer) in buffers.enumerated() {
      let holds = buffer.value?.withUnsafeBytes { stampsHold($0, pages: pages, block: number) }
      #expect(holds == true)
    }
    #expect(allocator.statistics.failures == 0)
  }

  /// The whole arena can be had block by block, whatever the mappings.
  @Test(arguments: [FallbackPolicy.whenNeeded, .always])
  func theWholeArenaCanBeOut(policy: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    configuration.mappingLimit = 60
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    var blocks: [DropBox<CompoundBuffer>] = []
    for _ in 0..<128 { blocks.append(DropBox(try allocator.allocate(pageCount: 8))) }
    #expect(allocator.statistics.free == 0)
  }

  /// A bulk call takes what is free and resident under every policy.
  @Test(arguments: [FallbackPolicy.whenNeeded, .always, .probability(1)], [0, 1, 3])
  func availablePagesAreTaken(policy: FallbackPolicy, order: Int) throws {
    let allocator = try allocator(policy, .mebibytes(4))
    // The first chunk is resident.
    _ = try allocator.allocate(pageCount: 256)
    var slots = PageSlots(count: 20, order: PageOrder(order), allocator: allocator)
    let result = try allocator.allocate(into: &slots, demand: .available)
    try #require(result == BulkResult(newlyTaken: 20, filled: 20))
    for index in 0..<20 {
      writeStamps(slots.baseAddress(at: index), pages: 1 << order, block: index)
    }
    for index in 0..<20 {
      #expect(stampsHold(slots.baseAddress(at: index), pages: 1 << order, block: index))
    }
    slots.removeAll()
    #expect(allocator.statistics.live == 0)
  }
}
