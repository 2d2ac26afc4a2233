// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A million random operations against a plain model: contents, accounting and lookups.
@Suite struct ModelTests {
  /// What the model knows of one block.
  private struct Known {
    var base: UnsafeMutableRawPointer
    var byteCount: Int
    var id: Int
    var pages: Int { (byteCount + 4095) / 4096 }
  }

  private final class Run {
    let allocator: CompoundAllocator
    let capacity: Int
    var blocks: [Known] = []
    var used = 0
    var nextID = 0
    var random: SeededGenerator
    var refused = 0
    var stitched = 0

    init(pages: Int, seed: UInt64, policy: FallbackPolicy) throws {
      var configuration = AllocatorConfiguration()
      configuration.fallback = policy
      configuration.seed = seed
      // Checked builds tear windows down at once; every other run keeps them as others do.
      if seed % 2 == 1 { configuration.keptMappings = 64 }
      capacity = pages
      allocator = try CompoundAllocator(
        capacity: PageCount(pages).byteCount, configuration: configuration)
      random = SeededGenerator(seed: seed)
    }

    /// Mostly small sizes, a few large ones, and never a multiple of anything.
    func size() -> Int {
      let pages =
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<50: 1
        case 50..<80: Int.random(in: 1...8, using: &random)
        case 80..<97: Int.random(in: 1...64, using: &random)
        default: Int.random(in: 1...max(1, capacity / 4), using: &random)
        }
      return pages * 4096 - Int.random(in: 0...4088, using: &random)
    }

    func step() throws {
      switch Int.random(in: 0..<1000, using: &random) {
      case 0..<430: try allocate()
      case 430..<760: try free()
      case 760..<860: try resize()
      case 860..<998: try look()
      case 998: try #require(try allocator.trim().rawValue % 4096 == 0)
      default: allocator.heapForTests.windows.tearDownRetired()
      }
    }

    private func allocate() throws {
      let size = size()
      let pages = (size + 4095) / 4096
      let zeroed = Int.random(in: 0..<8, using: &random) == 0
      let alignment = ByteCount(4096 << (Int.random(in: 0..<20, using: &random) == 0 ? 3 : 0))
      do {
        let base = try allocator.allocatePointer(
          byteCount: ByteCount(size), alignment: alignment, zeroed: zeroed)
        try #require(used + pages <= capacity, "more pages than there are")
        try #require(UInt(bitPattern: base) % UInt(alignment.rawValue) == 0)
        if zeroed {
          let offset = Int.random(in: 0..<pages, using: &random) * 4096
          try #require(base.load(fromByteOffset: offset, as: UInt64.self) == 0)
        }
        writeStamps(base, pages: pages, block: nextID)
        blocks.append(Known(base: base, byteCount: size, id: nextID))
        nextID += 1
        used += pages
      } catch let error as CompoundError {
        refused += 1
        try #require(used + pages > capacity, "refused although pages were free: \(error)")
        guard case .outOfMemory(PageCount(pages), PageCount(capacity - used), _, .capacity) = error
        else { throw error }
      }
    }

    private func free() throws {
      guard let index = blocks.indices.randomElement(using: &random) else { return }
      let block = blocks.swapOut(at: index)
      try #require(stampsHold(block.base, pages: block.pages, block: block.id))
      let says = Bool.random(using: &random)
      allocator.deallocate(block.base, byteCount: says ? ByteCount(block.byteCount) : nil)
      used -= block.pages
    }

    private func resize() throws {
      guard let index = blocks.indices.randomElement(using: &random) else { return }
      var block = blocks[index]
      let size = size()
      let pages = (size + 4095) / 4096
      do {
        let base = try allocator.reallocatePointer(block.base, byteCount: ByteCount(size))
        try #require(stampsHold(base, pages: min(pages, block.pages), block: block.id))
        writeStamps(base, pages: pages, block: block.id, from: block.pages - 1)
        used += pages - block.pages
        block.base = base
        block.byteCount = size
        blocks[index] = block
      } catch let error as CompoundError {
        refused += 1
        try #require(used + pages - block.pages > capacity, "growth refused: \(error)")
        try #require(stampsHold(block.base, pages: block.pages, block: block.id))
      }
    }

    private func look() throws {
      guard let block = blocks.randomElement(using: &random) else { return }
      let offset = Int.random(in: 0..<block.byteCount, using: &random)
      let found = allocator.block(containing: block.base + offset)
      try #require(found?.baseAddress == block.base)
      try #require(found?.byteCount == ByteCount(block.byteCount))
      try #require(found?.offset == ByteCount(offset))
      let page = offset / 4096
      let frame = try #require(allocator.frame(ofPage: page, inBlockContaining: block.base))
      let alias = allocator.address(of: frame)
      try #require(alias.load(as: UInt64.self) == stamp(block.id, page: page))
      try #require(allocator.block(containing: alias)?.baseAddress == block.base)
    }

    func check() throws {
      let statistics = allocator.statistics
      try #require(statistics.live == PageCount(used).byteCount)
      try #require(statistics.free == PageCount(capacity - used).byteCount)
      try #require(statistics.liveBlocks == blocks.count)
      let kernel = try allocator.residentByteCountOfKernel()
      try #require(statistics.resident == kernel, "\(statistics.resident), kernel \(kernel)")
      allocator.heapForTests.validate()
      stitched = statistics.stitchedAllocations
    }

    /// Makes steps, and compares everything now and then, and at the end.
    func steps(_ count: Int) throws {
      for step in 0..<count {
        try self.step()
        if step % 10_000 == 0 { try check() }
      }
      try check()
    }

    func finish() throws {
      for block in blocks {
        #expect(stampsHold(block.base, pages: block.pages, block: block.id))
        allocator.deallocate(block.base)
      }
      blocks = []
      used = 0
      try check()
      #expect(allocator.statistics.free == PageCount(capacity).byteCount)
    }
  }

  /// Ten arenas of different sizes and policies, a hundred thousand operations each.
  @Test(arguments: 0..<10)
  func everythingAgreesWithThePlainModel(seed: Int) throws {
    let pages = [700, 512, 1024, 1300, 3000, 5000, 2047, 1537, 600, 4096][seed]
    let policies: [FallbackPolicy] = [.automatic, .automatic, .probability(0.3)]
    let run = try Run(pages: pages, seed: UInt64(seed), policy: policies[seed % 3])
    try run.steps(CheckedBuild.isOn ? 30_000 : 100_000)
    // The model must have met what it is for.
    #expect(run.refused > 100)
    #expect(run.stitched > 100)
    try run.finish()
  }

  /// As many operations as VCOMPOUND_LONG says, a million in an arena of its own each, up to the
  /// first difference; VCOMPOUND_SEED repeats one.
  @Test(.enabled(if: LongRun.requests != nil))
  func everythingAgreesInALongRun() throws {
    var left = LongRun.requests ?? 0
    var seed = LongRun.seed
    let policies: [FallbackPolicy] = [.automatic, .whenNeeded, .always, .probability(0.3)]
    while left > 0 {
      var random = SeededGenerator(seed: seed)
      let pages = Int.random(in: 2...6000, using: &random)
      let policy = policies[Int.random(in: 0..<policies.count, using: &random)]
      LongRun.report("model: seed \(seed), \(pages) pages, \(policy), \(left) operations left")
      let run = try Run(pages: pages, seed: seed, policy: policy)
      try run.steps(min(left, 1_000_000))
      try run.finish()
      left -= 1_000_000
      seed += 1
    }
  }
}

extension Array {
  /// Removes an element in constant time; the last one takes its place.
  fileprivate mutating func swapOut(at index: Int) -> Element {
    swapAt(index, count - 1)
    return removeLast()
  }
}
