// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Pools, object caches, what they give up to others, and threads that end.
extension MallocRow {
  /// An object of half a page.
  private typealias Object = InlineArray<2048, UInt8>

  static let caches = [
    MallocRow("pages of a pool") { allocator in
      var pool = try PagePool(allocator: allocator, limits: .init(out: 600, kept: 100))
      var held = roomForPointers(600)
      return try mallocs {
        for _ in 0..<1000 {
          var page = try pool.take(label: "first")
          page.relabel("second")
          pool.recycle(page)
          _ = try pool.take()
        }
        for _ in 0..<600 { held.append(try pool.take().relinquish()) }
        refuse { () throws(CompoundPoolError) in _ = try pool.take() }
        for pointer in held { _ = pool.adopt(pointer) }
      }
    },
    MallocRow("shared pages and fragments") { allocator in
      var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 16))
      return try mallocs {
        for _ in 0..<100 {
          var page = try pool.take()
          let reader = page.share()
          pool.recycle(page)
          _ = reader.share()
        }
        for _ in 0..<10 {
          var batch = PooledPageBatch()
          for _ in 0..<20 { batch.append(try pool.take()) }
          batch.putBack()
          for _ in 0..<20 { batch.append(try pool.take(blocking: .seconds(1))) }
          pool.recycle(&batch)
        }
        for _ in 0..<1000 { _ = try pool.takeFragment(byteCount: 300) }
        _ = pool.statistics
      }
    },
    MallocRow("what pools and object caches keep, given up", PageCount(64).byteCount) { allocator in
      var pool = try PagePool(allocator: allocator, limits: .init(out: 32, kept: 32))
      let cache = try ObjectCache<Object>(allocator: allocator, kept: 8) { Object(repeating: 1) }
      return try mallocs {
        for _ in 0..<3 {
          try use(&pool, 8)
          try use(cache, 8)
          _ = try allocator.allocate(pageCount: 64)
          refuse {
            let page = try pool.take()
            _ = try allocator.allocate(pageCount: 64)
            _ = page.byteCount
          }
        }
      }
    },
    MallocRow("objects of a cache") { allocator in
      let cache = try ObjectCache<Object>(allocator: allocator, kept: 4) { Object(repeating: 1) }
      let calls = try mallocs {
        for _ in 0..<100 { try use(cache, 8) }
        _ = cache.statistics
        try allocator.trim()
      }
      #expect(cache.statistics.destroyed >= 400)
      return calls
    },
  ]

  /// Takes some pages, and lets go of them.
  private static func use(_ pool: inout PagePool, _ count: Int) throws {
    guard count > 0 else { return }
    let page = try pool.take()
    try use(&pool, count - 1)
    pool.recycle(page)
  }

  /// Takes some objects, and lets go of them.
  private static func use(_ cache: ObjectCache<Object>, _ count: Int) throws {
    guard count > 0 else { return }
    var object = try cache.take()
    object.withObject { $0[0] = 2 }
    try use(cache, count - 1)
  }

  static let threads = [
    MallocRow("a thread's first steps") { allocator in
      // What is counted is a second allocator, of which the thread has no magazines yet.
      let other = try CompoundAllocator(capacity: allocator.capacity)
      return try mallocs {
        for byteCount in [ByteCount(100), 40_000, 100] {
          _ = try other.allocate(byteCount: byteCount)
          _ = try allocator.allocate(byteCount: byteCount)
        }
      }
    },
    MallocRow("the end of a thread", .mebibytes(8)) { allocator in
      let other = try CompoundAllocator(capacity: .mebibytes(8))
      let kept = try allocator.fragment { $0 % 2 == 0 }
      defer { allocator.deallocate(all: kept) }
      return mallocsAfter {
        for allocator in [allocator, other] {
          for byteCount in [ByteCount(100), 3000, 4096, .kibibytes(100)] {
            for _ in 0..<10 { _ = try? allocator.allocate(byteCount: byteCount) }
          }
        }
      }
    },
    MallocRow("the end of a thread that has let go of another's blocks") { allocator in
      let held = try [100, 3000, 4096, 100_000].map {
        try allocator.allocatePointer(byteCount: ByteCount($0))
      }
      return mallocsAfter { allocator.deallocate(all: held) }
    },
  ]
}
