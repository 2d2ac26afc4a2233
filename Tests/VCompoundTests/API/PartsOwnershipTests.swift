// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Parts of buffers: what keeps them alive, mistakes, threads.
@Suite struct PartsOwnershipTests {
  // MARK: Lifetime

  @Test func partsKeepTheirMemoryAlive() throws {
    var allocator: CompoundAllocator? = try .ofBuild(.mebibytes(8))
    var buffer = try allocator?.allocate(pageCount: 20)
    allocator = nil
    buffer?.withUnsafeMutableBytes { writeStamps($0, pages: 20, block: 16) }
    var tail = try buffer?.splitOff(at: .kibibytes(40))
    let last = try tail?.splitOff(at: .kibibytes(20))
    buffer = nil
    let word = tail?.withUnsafeBytes { $0.load(as: UInt64.self) }
    #expect(word == stamp(16, page: 10))
    tail = nil
    let end = last?.withUnsafeBytes { $0.load(as: UInt64.self) }
    #expect(end == stamp(16, page: 15))
  }

  // MARK: Mistakes

  @Test(arguments: [0, -4096, 100, 4097, 40_960, 45_056, .max])
  func splittingWhereNoPartBegins(offset: Int) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [offset] in
      var buffer = try CompoundAllocator.ofBuild(.mebibytes(8)).allocate(pageCount: 10)
      _ = try buffer.splitOff(at: ByteCount(offset))
    }
    #expect(lastWords(result, say: "cannot split 0x", "at \(ByteCount(offset))"))
  }

  @Test func joiningABufferOfAnotherAllocator() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var first = try CompoundAllocator.ofBuild(.mebibytes(8)).allocate(pageCount: 1)
      var second: CompoundBuffer? = try CompoundAllocator.ofBuild(.mebibytes(8)).allocate(
        pageCount: 1)
      try first.join(&second)
    }
    #expect(lastWords(result, say: "cannot join 0x", "it comes from another allocator"))
  }

  @Test(arguments: [(4, 0, 3), (3, 1, 4), (5, 2, 4)])
  func splittingIntoSlotsThatDoNotFit(pages: Int, order: Int, slots: Int) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [pages, order, slots] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      var buffer: CompoundBuffer? = try allocator.allocate(pageCount: PageCount(pages))
      var slots = PageSlots(count: slots, order: PageOrder(order), allocator: allocator)
      try slots.put(pagesOf: &buffer)
    }
    #expect(lastWords(result, say: "cannot split 0x", "of \(PageCount(pages)) into "))
  }

  @Test func splittingIntoSlotsOfAnotherAllocator() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var buffer: CompoundBuffer? = try CompoundAllocator.ofBuild(.mebibytes(8)).allocate(
        pageCount: 1)
      var slots = PageSlots(count: 1, allocator: try .ofBuild(.mebibytes(8)))
      try slots.put(pagesOf: &buffer)
    }
    #expect(lastWords(result, say: "cannot split 0x", "it comes from another allocator"))
  }
}

/// Parts of buffers on several threads.
@Suite struct PartsThreadTests {
  @Test(arguments: [FallbackPolicy.whenNeeded, .always, .probability(0.5)])
  func threadsSplitJoinAndFreePartsAtOnce(policy: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    configuration.mayExchange = false
    let allocator = try CompoundAllocator(capacity: .mebibytes(16), configuration: configuration)
    let failures = EventCounter()
    // What a thread has split off, another one frees or joins.
    let parts = Lock<[DropBox<CompoundBuffer>]>([])
    onThreads(4) { index in
      var random = SeededGenerator(seed: UInt64(index))
      for round in 0..<200 {
        do throws(CompoundError) {
          let pages = Int.random(in: 4...60, using: &random)
          var buffer = try allocator.allocate(pageCount: PageCount(pages))
          buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: 1) }
          let cut = Int.random(in: 1..<pages, using: &random)
          let tail = DropBox(try buffer.splitOff(at: PageCount(cut).byteCount))
          let other = parts.withLock { parts in
            parts.append(tail)
            return parts.count > 8
              ? parts.remove(at: Int.random(in: 0..<parts.count, using: &random)) : nil
          }
          if round % 2 == 0 {
            if let other { try buffer.join(&other.value) }
          } else {
            var given: CompoundBuffer? = consume buffer
            var slots = PageSlots(count: cut, allocator: allocator)
            try slots.put(pagesOf: &given)
            _ = slots.take(at: 0)
            other?.drop()
            if cut == 1 { continue }
            buffer = try CompoundBuffer(joining: &slots)
            let word = buffer.withUnsafeBytes { $0.load(as: UInt64.self) }
            if word != stamp(1, page: 1) { failures.add() }
            continue
          }
          if !buffer.withUnsafeBytes({ stampsHold($0, pages: cut, block: 1) }) { failures.add() }
        } catch {
          failures.add()
        }
      }
    }
    #expect(failures.value == 0)
    parts.withLock { parts in
      for part in parts { part.drop() }
    }
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0 && allocator.statistics.liveBlocks == 0)
    allocator.heapForTests.validate()
  }
}
