// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks of all sizes against a plain model: who is alive, how large, with what in it.
@Suite struct ObjectModelTests {
  private struct Held {
    var base: UnsafeMutableRawPointer
    var size: Int
    var seed: UInt8
  }

  @Test(arguments: 1...4)
  func aSeededMixOfAllSizesKeepsItsContents(seed: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    var random = SeededGenerator(seed: UInt64(seed))
    var held: [Held] = []
    for round in 0..<5_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let size = Int.random(in: 1...(1 << Int.random(in: 0...16, using: &random)), using: &random)
        let isZeroed = round % 5 == 0
        let base: UnsafeMutableRawPointer
        do {
          base = try allocator.allocatePointer(byteCount: ByteCount(size), zeroed: isZeroed)
        } catch CompoundError.outOfMemory {
          continue
        }
        if isZeroed, !UnsafeRawBufferPointer(start: base, count: size).allSatisfy({ $0 == 0 }) {
          Issue.record("round \(round): \(size) bytes are not zero")
        }
        held.append(Held(base: base, size: size, seed: UInt8(truncatingIfNeeded: round)))
        fill(held[held.count - 1])
      case 5..<9 where !held.isEmpty:
        let block = held.remove(at: Int.random(in: held.indices, using: &random))
        if !isIntact(block, block.size) { Issue.record("round \(round): \(block.size) bytes") }
        allocator.deallocate(block.base, byteCount: round % 2 == 0 ? ByteCount(block.size) : nil)
      case 9 where !held.isEmpty:
        let index = Int.random(in: held.indices, using: &random)
        var block = held[index]
        let size = Int.random(in: 1...40_000, using: &random)
        do {
          block.base = try allocator.reallocatePointer(block.base, byteCount: ByteCount(size))
        } catch CompoundError.outOfMemory {
          continue
        }
        if !isIntact(block, min(size, block.size)) { Issue.record("round \(round): resized") }
        block.size = size
        fill(block)
        held[index] = block
      default: continue
      }
      if round % 1000 == 0 { #expect(allocator.statistics.liveBlocks == held.count) }
    }
    for block in held { allocator.deallocate(block.base, byteCount: ByteCount(block.size)) }
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  private func fill(_ block: Held) {
    block.base.initializeMemory(as: UInt8.self, repeating: block.seed, count: block.size)
  }

  private func isIntact(_ block: Held, _ size: Int) -> Bool {
    UnsafeRawBufferPointer(start: block.base, count: size).allSatisfy { $0 == block.seed }
  }

  /// Whatever the arena was full of, it can be one block afterwards.
  @Test(arguments: [1, 100, 1000, 3000, 5000, 20_000, 32_000])
  func anArenaFullOfObjectsIsOneBlockAfterwards(size: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    var blocks: [UnsafeMutableRawPointer] = []
    #expect(throws: CompoundError.self) {
      while true { blocks.append(try allocator.allocatePointer(byteCount: ByteCount(size))) }
    }
    #expect(
      allocator.statistics.free < ByteCount(PageCount(covering: ByteCount(size)).rawValue << 12))
    #expect(Set(blocks).count == blocks.count)
    allocator.deallocate(all: blocks)
    let whole = try allocator.allocate(byteCount: .mebibytes(2))
    #expect(whole.byteCount == .mebibytes(2))
    _ = consume whole
    allocator.heapForTests.validate()
  }

  /// A single object in every slab, and one page less than all others together: no slab can be
  /// given back, and nothing else is missing.
  @Test func onlySlabsInUseHoldFrames() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    var blocks: [UnsafeMutableRawPointer] = []
    for _ in 0..<20_000 { blocks.append(try allocator.allocatePointer(byteCount: 100)) }
    var kept: [UInt: UnsafeMutableRawPointer] = [:]
    for block in blocks {
      let page = UInt(bitPattern: block) >> 12
      if kept[page] == nil { kept[page] = block } else { allocator.deallocate(block) }
    }
    let free = 1024 - kept.count
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<free { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    #expect(allocator.statistics.free == 0)
    allocator.deallocate(all: pages)
    allocator.deallocate(all: Array(kept.values))
    #expect(allocator.statistics.liveBlocks == 0)
    #expect(try allocator.trim() == .mebibytes(4))
  }
}
