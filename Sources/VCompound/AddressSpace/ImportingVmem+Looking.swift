// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension ImportingVmem {
  /// How the arena is used.
  package var statistics: Vmem.Statistics { arena.withLock { $0.statistics } }

  /// The ranges that are allocated.
  package var allocatedCount: Int { arena.withLock { $0.allocatedCount } }

  /// The allocated segment that begins at a number, or nil.
  ///
  /// The number of a segment stays the same until its range is freed. Callers keep tables of
  /// their own by it.
  ///
  /// - Complexity: O(1) expected.
  @inline(__always)
  package func segment(startingAt number: Int) -> UInt32? {
    arena.withLock { $0.segment(startingAt: number) }
  }

  /// The allocated segment that a number lies in, or nil.
  ///
  /// - Complexity: O(spans + segments of one span) where it is not the first number.
  package func segment(containing number: Int) -> UInt32? {
    arena.withLock { $0.segment(containing: number) }
  }

  /// The range of an allocated segment.
  @inline(__always)
  package func range(of segment: UInt32) -> Range<Int> {
    arena.withLock { $0.range(of: segment) }
  }

  /// The allocated segment right behind one, in the same span; nil where there is none.
  package func neighbour(after segment: UInt32) -> UInt32? {
    arena.withLock { $0.neighbour(after: segment) }
  }

  /// The allocated segment right before one, in the same span; nil where there is none.
  package func neighbour(before segment: UInt32) -> UInt32? {
    arena.withLock { $0.neighbour(before: segment) }
  }

  /// Whether a span holds a number, allocated or not.
  ///
  /// - Complexity: O(spans).
  package func contains(_ number: Int) -> Bool {
    arena.withLock { $0.span(containing: number) != nil }
  }

  /// Calls a function for every span, in the order they came, with the lock held.
  package func forEachSpan(_ body: (Range<Int>) -> Void) {
    arena.withLock { $0.forEachSpan(body) }
  }

  /// Calls a function for every segment, span by span, ascending in each, with the lock held.
  package func forEachSegment(_ body: (_ range: Range<Int>, _ isAllocated: Bool) -> Void) {
    arena.withLock { $0.forEachSegment(body) }
  }

  /// Stops the program unless all tags agree with each other and with the lists they are in.
  package func validate() {
    arena.withLock { $0.validate() }
  }
}
