// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Maps that are taken while threads allocate and free.
@Suite struct MapThreadTests {
  @Test func mapsAreWholeWhileThreadsAreAtWork() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    let allocator = try CompoundAllocator(capacity: .mebibytes(16), configuration: configuration)
    // It stays, so that every map has it.
    let anchor = try allocator.allocatePointer(byteCount: .mebibytes(2), alignment: .page)
    let isStopping = Atomic(false)
    let crew = Crew(2) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var blocks: [UnsafeMutableRawPointer] = []
      while !isStopping.load(ordering: .relaxed) {
        // Pages through the magazines, objects, and blocks that are stitched or exchanged.
        let size = [4096, 100, 20_000, 400_000][Int.random(in: 0..<4, using: &random)]
        if blocks.count < 60, let block = try? allocator.allocatePointer(byteCount: .init(size)) {
          blocks.append(block)
        } else if let index = blocks.indices.randomElement(using: &random) {
          allocator.deallocate(blocks.remove(at: index))
        }
      }
      allocator.deallocate(all: blocks)
    }
    for round in 0..<300 {
      let map = allocator.map(pagesPerCell: PageCount(round % 37 + 1))
      #expect(map.cells.dropLast().allSatisfy { $0.pageCount == map.pagesPerCell })
      #expect(map.pageCount(.contiguous) >= 512)
      let own = map.cells.filter { $0.block == UInt(bitPattern: anchor) }
      #expect(own.reduce(0) { $0 + $1.contiguous } >= 512 - 2 * map.pagesPerCell)
    }
    isStopping.store(true, ordering: .relaxed)
    crew.join()
    allocator.deallocate(anchor)
    allocator.drain()
    let map = allocator.map(cellCount: 10)
    #expect(map.pageCount(.contiguous) + map.pageCount(.stitched) + map.pageCount(.cached) == 0)
  }

  @Test func aChildOfForkHasAMapWithoutCells() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let block = try allocator.allocatePointer(byteCount: 5000)
    let end = inChild {
      let map = allocator.map(cellCount: 10)
      return map.cells.isEmpty && map.capacity == 1024 ? 0 : 1
    }
    #expect(end == .exit(0))
    allocator.deallocate(block)
  }
}
