// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

/// What every allocator that traces are replayed on must do.
@Suite struct BackendTests {
  @Test func buddyKeepsContents() throws {
    var backend = try BuddyBackend(capacity: 4 << 20)
    let initial = backend.freeBlocks
    try churn(&backend, seed: 1)
    #expect(backend.freeBlocks == initial)
  }

  @Test func mallocKeepsContents() throws {
    var backend = MallocBackend(capacity: 0)
    try churn(&backend, seed: 2)
  }

  @Test func compoundKeepsContents() throws {
    var backend = try CompoundBackend(capacity: 4 << 20)
    try churn(&backend, seed: 3)
    let found = backend.counters
    let counters = try #require(found)
    #expect(counters.contiguous + counters.stitched > 0)
    #expect(counters.peakResident > 0)
  }

  private struct Block {
    var address: UInt
    var byteCount: Int
    var stamp: Int32
  }

  /// Allocates, reallocates and frees at random, and looks after every stamp.
  private func churn<Backend: ReplayBackend & ~Copyable>(
    _ backend: inout Backend, seed: UInt64
  ) throws {
    var generator = SplitMix64(seed: seed)
    var blocks: [Block] = []
    for stamp in 0..<1500 as Range<Int32> {
      let byteCount = 1 + generator.below(60_000)
      let choice = generator.below(10)
      if choice < 5 || blocks.isEmpty {
        let alignment = 1 << generator.below(15)
        guard
          let address = unsafe backend.allocate(byteCount: byteCount, alignment: alignment)
        else { continue }
        #expect(UInt(bitPattern: address) % UInt(alignment) == 0)
        blocks.append(unsafe stamped(address, byteCount, stamp))
        continue
      }
      let old = blocks.remove(at: generator.below(blocks.count))
      let address = try unsafe #require(UnsafeMutableRawPointer(bitPattern: old.address))
      #expect(unsafe isIntact(address, old, prefix: old.byteCount))
      if choice < 8 {
        unsafe backend.free(address, byteCount: old.byteCount)
      } else if let moved = unsafe backend.reallocate(
        address, from: old.byteCount, to: byteCount)
      {
        #expect(unsafe isIntact(moved, old, prefix: byteCount))
        blocks.append(unsafe stamped(moved, byteCount, stamp))
      } else {
        blocks.append(old)
      }
    }
    for block in blocks {
      let address = try unsafe #require(UnsafeMutableRawPointer(bitPattern: block.address))
      #expect(unsafe isIntact(address, block, prefix: block.byteCount))
      unsafe backend.free(address, byteCount: block.byteCount)
    }
  }

  private func stamped(
    _ address: UnsafeMutableRawPointer, _ byteCount: Int, _ stamp: Int32
  ) -> Block {
    unsafe Stamp.write(stamp, at: address, byteCount: byteCount)
    return Block(address: UInt(bitPattern: address), byteCount: byteCount, stamp: stamp)
  }

  private func isIntact(
    _ address: UnsafeMutableRawPointer, _ block: Block, prefix: Int
  ) -> Bool {
    unsafe Stamp.firstDamage(
      block.stamp, at: address, byteCount: block.byteCount, prefix: prefix) == nil
  }

  @Test func buddyRefusesWhatDoesNotFit() throws {
    var backend = try BuddyBackend(capacity: 3 * 4096)
    let three = unsafe backend.allocate(byteCount: 2 * 4096 + 1, alignment: 1)
    #expect(unsafe three == nil)
    let two = unsafe backend.allocate(byteCount: 2 * 4096, alignment: 1)
    let one = unsafe backend.allocate(byteCount: 1, alignment: 1)
    #expect(unsafe two != nil)
    #expect(unsafe one != nil)
    let none = unsafe backend.allocate(byteCount: 1, alignment: 1)
    #expect(unsafe none == nil)
  }

  @Test func buddyReallocatesInPlaceWithinAnOrder() throws {
    var backend = try BuddyBackend(capacity: 64 << 10)
    let first = unsafe backend.allocate(byteCount: 4 * 4096, alignment: 1)
    let block = try unsafe #require(first)
    let same = unsafe backend.reallocate(block, from: 4 * 4096, to: 3 * 4096)
    #expect(unsafe same == block)
    let less = unsafe backend.reallocate(block, from: 3 * 4096, to: 4096)
    #expect(unsafe less == block)
    // Two of the four frames came back as a block of order 1, one as a block of order 0.
    #expect(backend.freeBlocks == [1, 1, 1, 1, 0])
    let moved = unsafe backend.reallocate(block, from: 4096, to: 5 * 4096)
    #expect(unsafe moved != nil)
    #expect(unsafe moved != block)
  }

  @Test func buddyDoesNotFakeAnArenaTooLarge() {
    #expect(throws: CommandFailure.self) { _ = try BuddyBackend(capacity: 1 << 60).freeBlocks }
  }
}
