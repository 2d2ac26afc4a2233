// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks that are mapped into windows.
extension MallocRow {
  /// Runs a function in an arena of which every second page is free, and the end.
  private static func scattered(
    _ name: String, configure: (inout AllocatorConfiguration) -> Void = { _ in },
    run: @escaping @Sendable (CompoundAllocator) throws -> Int
  ) -> MallocRow {
    MallocRow(
      name, .mebibytes(8),
      configure: {
        $0.mayExchange = false
        configure(&$0)
      }
    ) { allocator in
      let kept = try allocator.fragment { $0 % 2 == 0 || $0 >= 1900 }
      defer { allocator.deallocate(all: kept) }
      return try run(allocator)
    }
  }

  static let stitched = [
    scattered("stitched, freed and used again") { allocator in
      var isStitched = true
      let calls = try mallocs {
        for round in 0..<40 {
          // Some of the same size as before, which take a retired window, and some not.
          let buffer = try allocator.allocate(pageCount: PageCount(300 + round % 3 * 100))
          isStitched = isStitched && buffer.isStitched
          let other = try allocator.allocatePointer(byteCount: .kibibytes(260 + 4 * round))
          isStitched = isStitched && allocator.block(containing: other)?.isStitched == true
          allocator.deallocate(other)
        }
      }
      #expect(isStitched)
      return calls
    },
    scattered("torn down at once", configure: { $0.keptMappings = 1 }) { allocator in
      try mallocs {
        for pages in 200..<240 { _ = try allocator.allocate(pageCount: PageCount(pages)) }
      }
    },
    scattered("stitched and resized") { allocator in
      var buffer = try allocator.allocate(pageCount: 300)
      let calls = try mallocs {
        for pages in [310, 500, 200, 190, 350, 700] {
          try buffer.resize(toByteCount: PageCount(pages).byteCount)
        }
        _ = try buffer.resizeInPlace(toByteCount: PageCount(710).byteCount)
      }
      #expect(buffer.isStitched == true)
      return calls
    },
    scattered("split and joined") { allocator in
      var slots = PageSlots(count: 200, order: 1, allocator: allocator)
      return try mallocs {
        for _ in 0..<20 {
          var buffer = try allocator.allocate(pageCount: 300)
          var tail: CompoundBuffer? = try buffer.splitOff(at: PageCount(200).byteCount)
          var middle: CompoundBuffer? = try buffer.splitOff(at: PageCount(101).byteCount)
          try buffer.join(&tail)
          try middle?.join(&tail)
          try buffer.join(&middle)
          var whole: CompoundBuffer? = consume buffer
          try slots.put(pagesOf: &whole)
          _ = slots.take(at: 7)
          _ = try CompoundBuffer(joining: &slots)
        }
      }
    },
    scattered("looked up in a window") { allocator in
      let pointer = try allocator.allocatePointer(byteCount: PageCount(300).byteCount)
      defer { allocator.deallocate(pointer) }
      var isRight = true
      let calls = mallocs {
        let inside = pointer + 1_000_000
        isRight = isRight && allocator.owns(inside)
        isRight = isRight && allocator.block(containing: inside)?.isStitched == true
        isRight = isRight && allocator.frame(ofPage: 299, inBlockContaining: inside) != nil
      }
      #expect(isRight)
      return calls
    },
    scattered("pages of a higher order in bulk, and from a pool") { allocator in
      var slots = PageSlots(count: 50, order: 3, allocator: allocator)
      var pool = try PagePool(allocator: allocator, order: 4, limits: .init(out: 8, kept: 8))
      return try mallocs {
        try allocator.allocate(into: &slots)
        _ = try pool.take()
        slots.removeAll()
        for _ in 0..<20 { pool.recycle(try pool.take()) }
      }
    },
    scattered("mappings that run out", configure: { $0.mappingLimit = 20 }) { allocator in
      mallocs {
        refuse { () throws(CompoundError) in _ = try allocator.allocate(pageCount: 600) }
      }
    },
    MallocRow("exchanged", .mebibytes(8)) { allocator in
      let kept = try allocator.fragment { $0 % 2 == 0 }
      let calls = try mallocs {
        let buffer = try allocator.allocate(pageCount: 1000)
        _ = consume buffer
        try allocator.trim()
        allocator.deallocate(try allocator.allocatePointer(byteCount: .mebibytes(1)))
      }
      #expect(allocator.statistics.exchangedAllocations == 1)
      allocator.deallocate(all: kept)
      return calls
    },
    MallocRow("without copying, into a window", .mebibytes(2)) { allocator in
      var large = try allocator.allocate(pageCount: 300)
      let blocker = try allocator.allocate(pageCount: 100)
      // 112 pages are free: no room for a copy.
      let calls = try mallocs {
        try large.resize(toByteCount: PageCount(400).byteCount)
        try large.resize(toByteCount: PageCount(410).byteCount)
      }
      #expect(large.isStitched == true)
      #expect(blocker.pageCount == 100)
      return calls
    },
    MallocRow("stitched by force", configure: { $0.fallback = .always }) { allocator in
      try mallocs {
        for pages in 2..<100 {
          var buffer = try allocator.allocate(pageCount: PageCount(pages))
          try buffer.resize(toByteCount: PageCount(2 * pages).byteCount)
        }
      }
    },
  ]
}
