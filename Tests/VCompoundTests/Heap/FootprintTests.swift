// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// All the memory that an allocator uses.
@Suite struct FootprintTests {
  @Test func anArenaNotYetUsedCostsSomePages() throws {
    let footprint = try CompoundAllocator.contiguousFirst(.gibibytes(64)).footprint()
    #expect(footprint.memory == 0)
    #expect(footprint.pageTables == 0)
    #expect(footprint.metadata > 0 && footprint.metadata <= .kibibytes(200))
    #expect(footprint.total == footprint.metadata)
  }

  /// What is resident after a fragmented load is what is alive, tables included: within 3 per cent
  /// where half of the pages live, within 6 where a third or a quarter of them do.
  @Test(arguments: [2, 3, 4]) func afterAFragmentedLoad(oneIn share: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(128))
    let kept = try allocator.fragment { $0 % share != 0 }
    let buffer = try allocator.allocate(byteCount: .mebibytes(32))
    _ = consume buffer
    try allocator.trim()
    let footprint = try allocator.footprint()
    let alive = PageCount(kept.count).byteCount
    #expect(footprint.memory == alive)
    // Each chunk has a page in use, so the kernel has a page table for it.
    #expect(footprint.pageTables >= PageCount(64).byteCount)
    let most = share == 2 ? 1.03 : 1.06
    #expect(Double(footprint.total.rawValue) <= most * Double(alive.rawValue))
    allocator.deallocate(all: kept)
  }

  @Test func windowsHavePageTables() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(16))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let before = try allocator.footprint()
    let buffer = try allocator.allocate(pageCount: 1024)
    let tables = try allocator.footprint().pageTables - before.pageTables
    #expect(tables >= PageCount(2).byteCount && tables <= PageCount(3).byteCount)
    _ = consume buffer
    allocator.deallocate(all: kept)
  }

  @Test func poolsComeAndGo() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    // The thread's magazines come with the first page.
    _ = try allocator.allocate(pageCount: 1).byteCount
    let before = try allocator.footprint().metadata
    for _ in 0..<3 {
      var pool = try PagePool(allocator: allocator, limits: .init(out: 100, kept: 10))
      let page = try pool.take()
      pool.recycle(page)
      #expect(try allocator.footprint().metadata > before)
    }
    #expect(try allocator.footprint().metadata <= before + .kibibytes(64))
  }
}
