// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What malloc does with a block that is not its own, where zeroes lie before it: as the article
/// *From malloc* says.
@Suite struct LeftoverFreeTests {
  @Test(arguments: 0..<3, [100, 4096])
  func mallocStopsAtABlockOfTheArena(way: Int, byteCount: Int) async {
    await #expect(processExitsWith: .failure) { [way, byteCount] in
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
      let alignment: ByteCount? = byteCount == 4096 ? .page : nil
      let blocks = try (0..<100).map { _ in
        try allocator.allocatePointer(byteCount: ByteCount(byteCount), alignment: alignment)
      }
      for block in blocks { memset(block, 0, byteCount) }
      guard let last = blocks.max() else { return }
      switch way {
      case 0: free(last)
      case 1: last.deallocate()
      default: _ = realloc(last, 10)
      }
      // Not reached.
      exit(0)
    }
  }
}
