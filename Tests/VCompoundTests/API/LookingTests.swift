// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct LookingTests {
  /// An allocator of which a thread, a pool and an object cache keep some pages each.
  private func withSomeKept(
    _ body: (CompoundAllocator, inout PagePool) throws -> Void
  ) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    let pages = try (0..<8).map { _ in DropBox(try pool.take()) }
    for page in pages { if let page = page.value.take() { pool.recycle(page) } }
    for _ in 0..<4 {
      let blocks = try (0..<8).map { _ in try allocator.allocatePointer(byteCount: 65536) }
      allocator.deallocate(all: blocks)
    }
    try body(allocator, &pool)
  }

  @Test func lookingDisturbsNothing() throws {
    try withSomeKept { allocator, pool in
      let before = (allocator.statistics, pool.statistics)
      #expect(before.0.cached > 0 && before.1.cached > 0)
      let fragmentation = allocator.fragmentation
      let availability = allocator.availability(order: 4)
      _ = allocator.statistics
      #expect(allocator.report().contains("cached"))
      #expect(allocator.statistics == before.0)
      #expect(pool.statistics == before.1)
      // What is kept is in use: it is in no free run.
      #expect(fragmentation.free.byteCount == before.0.free - before.0.cached)
      #expect(availability.freePages == fragmentation.free)
    }
  }

  @Test func drainingGivesUpWhatIsKept() throws {
    try withSomeKept { allocator, pool in
      // What a pool keeps is live.
      #expect(allocator.statistics.cached > 0 && allocator.statistics.live > 0)
      allocator.drain()
      #expect(allocator.statistics.cached == 0)
      #expect(allocator.fragmentation.free.byteCount == .mebibytes(16))
      #expect(allocator.statistics.live == 0)
      let page = try pool.take()
      #expect(page.byteCount == .page)
    }
  }
}
