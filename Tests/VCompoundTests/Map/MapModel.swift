// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// What a map must say: each frame by itself, from the look-ups of its block.
struct MapModel {
  private let allocator: CompoundAllocator

  init(_ allocator: CompoundAllocator) { self.allocator = allocator }

  /// Compares a map that was just taken, while no other thread is at work.
  func compare(_ map: ArenaMap, atMost cellCount: Int, _ blocks: [UnsafeMutableRawPointer]) {
    let frames = uses(blocks)
    let size = map.pagesPerCell.rawValue
    #expect(map.cells.count <= cellCount)
    #expect(map.cells.dropLast().allSatisfy { $0.pageCount == map.pagesPerCell })
    var expected = Array(repeating: Expected(), count: map.cells.count)
    for (frame, use) in frames {
      expected[frame / size].count[use.use, default: 0] += 1
      if let block = use.block { expected[frame / size].blocks[block, default: 0] += 1 }
    }
    for (cell, expected) in zip(map.cells, expected) {
      for use in [ArenaMap.Use.contiguous, .stitched, .slab, .free] {
        #expect(cell[use].rawValue == expected.count[use, default: 0], "\(use)")
      }
      let most = expected.blocks.values.max() ?? 0
      #expect(cell.block.map { expected.blocks[$0] == most } ?? (most == 0))
    }
    let statistics = allocator.statistics
    #expect(
      map.pageCount(.contiguous) + map.pageCount(.stitched) + map.pageCount(.slab)
        == statistics.live.wholePages)
    #expect(map.pageCount(.stitched) == statistics.stitched.wholePages)
    #expect(map.pageCount(.slab) == statistics.slabs.wholePages)
    #expect(map.pageCount(.cached) == statistics.cached.wholePages)
    #expect(map.pageCount(.free) == (statistics.freeResident - statistics.cached).wholePages)
    #expect(map.pageCount - map.pageCount(.absent) == statistics.resident.wholePages)
    #expect(map.pageCount >= map.capacity && map.capacity == statistics.capacity.wholePages)
  }

  private struct Expected {
    var count: [ArenaMap.Use: Int] = [:]
    var blocks: [UInt: Int] = [:]
  }

  private typealias FrameUse = (use: ArenaMap.Use, block: UInt?)

  /// The frames that are not absent or cached.
  private func uses(_ blocks: [UnsafeMutableRawPointer]) -> [Int: FrameUse] {
    var result: [Int: FrameUse] = [:]
    let heap = allocator.heapForTests
    heap.pages.read { ledger in
      for frame in 0..<ledger.frames.space.rawValue where ledger.frames.isFreeResident(frame) {
        result[frame] = (.free, nil)
      }
      _ = ledger.blocks.first { head, record -> Never? in
        if record.isSlab {
          for page in 0..<PageCount(covering: record.byteCount).rawValue {
            result[head.rawValue + page] = (.slab, nil)
          }
        }
        return nil
      }
    }
    for block in blocks {
      guard let info = allocator.block(containing: block), allocator.slab(containing: block) == nil
      else { continue }
      for page in 0..<PageCount(covering: info.byteCount).rawValue {
        let frame = allocator.frame(ofPage: page, inBlockContaining: block)?.rawValue ?? 0
        result[frame] = (info.isStitched ? .stitched : .contiguous, UInt(bitPattern: block))
      }
    }
    return result
  }
}

extension ByteCount {
  fileprivate var wholePages: PageCount { PageCount(covering: self) }
}
