// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension VmemArena {
  /// How an arena is used, in numbers of its own.
  public struct Statistics: Sendable, Hashable, Codable {
    /// The numbers of all spans (`VMEM_ALLOC | VMEM_FREE` of `vmem_size`).
    public let size: Int

    /// Those that are allocated (`VMEM_ALLOC`).
    public let allocated: Int

    /// The others (`VMEM_FREE`).
    public let free: Int

    /// Those of the free ones that quantum caches hold.
    public let cached: Int

    /// The count of the longest free range, quantum caches aside.
    public let largestFree: Int

    /// How many ranges are allocated.
    public let allocatedRanges: Int

    /// The share of the free numbers that is not in the longest free range, from 0 to 1.
    public var fragmentation: Double {
      free == 0 ? 0 : 1 - Double(largestFree) / Double(free)
    }
  }

  /// How the arena is used; `vmem_size`.
  ///
  /// - Complexity: O(free ranges not smaller than the largest's power of two).
  public var statistics: Statistics {
    let counts = core.statistics
    return Statistics(
      size: counts.imported, allocated: counts.inUse, free: counts.free, cached: counts.cached,
      largestFree: counts.largestFree, allocatedRanges: core.allocatedCount)
  }

  /// Calls a function for every span, in the order they came.
  ///
  /// - Complexity: O(spans), and the function's.
  public func forEachSpan(_ body: (_ span: Range<Int>) -> Void) {
    core.forEachSpan(body)
  }

  /// Calls a function for every range, free or allocated: span by span in the order they came,
  /// ascending in each; `vmem_walk`.
  ///
  /// Ranges in quantum caches count as free, one by one.
  ///
  /// - Complexity: O(ranges), and the function's.
  public func forEachSegment(_ body: (_ range: Range<Int>, _ isAllocated: Bool) -> Void) {
    core.forEachSegment(body)
  }

  /// The allocated range that a number lies in, or nil.
  ///
  /// - Complexity: O(1) expected for its first number, else O(spans + ranges of one span).
  public func allocatedRange(containing number: Int) -> Range<Int>? {
    core.segment(containing: number).map { core.range(of: $0) }
  }

  /// The span that holds a number, allocated or not, or nil; `vmem_contains`.
  ///
  /// - Complexity: O(spans).
  public func span(containing number: Int) -> Range<Int>? {
    core.span(containing: number)
  }
}
