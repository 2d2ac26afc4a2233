// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct ShorterSlabTests {
  /// Where no two free pages lie side by side, objects share single ones; where three do, those.
  @Test(arguments: [1, 3], [100, 1100, 1300, 2000])
  func scatteredPagesMakeShorterSlabs(together: Int, byteCount: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    let pages = try (0..<1024).map { _ in
      try allocator.allocatePointer(byteCount: 4096, alignment: 4096)
    }
    .sorted { UInt(bitPattern: $0) < UInt(bitPattern: $1) }
    for (index, page) in pages.enumerated() where index % (together + 1) != 0 {
      allocator.deallocate(page)
    }
    allocator.drainCaches()
    let size = SizeClass.byteCount(SizeClass.covering(byteCount + ObjectChecks.redzone))
    let count = 100
    let objects = try (0..<count).map { _ in
      try allocator.allocatePointer(byteCount: ByteCount(byteCount))
    }
    let statistics = allocator.statistics
    #expect(statistics.liveObjects == count)
    let perSlab = together * 4096 / size
    // What is in magazines and depots comes on top.
    #expect(statistics.slabs <= ByteCount(together * 4096 * (count / perSlab + 64 / perSlab + 2)))
    for object in objects { #expect(allocator.block(containing: object)?.offset == 0) }
    allocator.deallocate(all: objects)
    allocator.drainCaches()
    #expect(allocator.statistics.slabs == 0)
    allocator.heapForTests.validate()
    for (index, page) in pages.enumerated() where index % (together + 1) == 0 {
      allocator.deallocate(page)
    }
  }
}
