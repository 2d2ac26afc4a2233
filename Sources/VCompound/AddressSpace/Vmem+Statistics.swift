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

  /// The spans there are, ascending.
  ///
  /// - Complexity: O(spans log spans).
  package var spans: [Range<Int>] {
    var spans: [Range<Int>] = []
    _ = tags.firstSpan { span in
      spans.append(span.range)
      return false
    }
    return spans.sorted { $0.lowerBound < $1.lowerBound }
  }

  /// The span that holds a number, or nil.
  ///
  /// - Complexity: O(spans).
  package func span(containing number: Int) -> Range<Int>? {
    tags.firstSpan { $0.range.contains(number) }.map { tags[$0].range }
  }

  /// Calls a function for every segment of the spans, span by span in the order they came,
  /// ascending in each.
  package func forEachSegment(_ body: (_ range: Range<Int>, _ isAllocated: Bool) -> Void) {
    var index = tags[BoundaryTag.none].next
    while index != BoundaryTag.none {
      let tag = tags[index]
      if !tag.isSpan { body(tag.range, tag.kind == .busy) }
      index = tag.next
    }
  }
}
