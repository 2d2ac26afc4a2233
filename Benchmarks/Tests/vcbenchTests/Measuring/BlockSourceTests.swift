// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound
import Testing
import vcbench

@Suite struct BlockSourceTests {
  @Test func mappingsAreAlignedAndWholeAtAnyAlignment() throws {
    let source = MappingSource()
    for alignment in [1, 4096, 1 << 15, 1 << 22] {
      let block = try source.allocate(3 << 12, alignment: alignment, zeroed: true)
      #expect(Int(bitPattern: block) % alignment == 0)
      for offset in stride(from: 0, to: 3 << 12, by: 1 << 12) {
        #expect(block.load(fromByteOffset: offset, as: UInt8.self) == 0)
        block.storeBytes(of: 7, toByteOffset: offset, as: UInt8.self)
      }
      source.free(block, byteCount: 3 << 12)
    }
  }

  @Test func mallocIsFound() throws {
    let source = try MallocSource()
    let block = try source.allocate(100)
    block.storeBytes(of: 7, toByteOffset: 99, as: UInt8.self)
    source.free(block, byteCount: 100)
  }

  @Test func aRefusalIsAFailure() throws {
    let source = try CompoundSource(capacity: 1 << 20)
    #expect(throws: CommandFailure.self) { _ = try source.allocate(1 << 21) }
  }

  @Test func heldBlocksGoWithTheirOwner() throws {
    let source = try CompoundSource(capacity: 1 << 20)
    try hold(source)
    #expect(source.allocator.statistics.liveBlocks == 0)
    #expect(source.allocator.statistics.live == 0)
  }

  private func hold(_ source: CompoundSource) throws {
    var blocks = BenchBlocks(source, byteCount: 8192)
    try blocks.take(20)
    #expect(blocks.count == 20)
    var generator = SplitMix64(seed: 1)
    blocks.free(5, using: &generator)
    #expect(source.allocator.statistics.liveBlocks == 15)
    let some = Set(blocks.addresses.prefix(3))
    blocks.free { some.contains($0) }
    #expect(blocks.count == 12)
    #expect(Set(blocks.addresses).isDisjoint(with: some))
    #expect(source.allocator.statistics.live == .kibibytes(96))
  }
}
