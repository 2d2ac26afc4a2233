// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// How an arena is used.
  package struct Statistics: Sendable, Equatable {
    /// The numbers in all spans.
    package let imported: Int

    /// The numbers allocated.
    package let inUse: Int

    /// The others.
    package let free: Int

    /// Those of the free ones that quantum caches hold.
    package let cached: Int

    /// The size of the largest free segment, quantum caches aside.
    package let largestFree: Int
  }

  /// How the arena is used.
  ///
  /// - Complexity: O(free segments not smaller than the largest's power of two).
  package var statistics: Statistics {
    Statistics(
      imported: importedSize, inUse: allocatedSize, free: importedSize - allocatedSize,
      cached: caches.size, largestFree: freeLists.largest(tags))
  }

  /// The ranges that are allocated.
  package var allocatedCount: Int { busy.count - caches.count }
}
