// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  // MARK: Spans

  /// Calls a function for every span, in the order they came.
  package func forEachSpan(_ body: (Range<Int>) -> Void) {
    _ = tags.firstSpan { span in
      body(span.range)
      return false
    }
  }

  /// The span that holds a number, or nil.
  ///
  /// - Complexity: O(spans).
  package func span(containing number: Int) -> Range<Int>? {
    tags.firstSpan { $0.range.contains(number) }.map { tags[$0].range }
  }

  /// The first span that has any number of a range, or nil.
  ///
  /// - Complexity: O(spans).
  func span(overlapping range: Range<Int>) -> Range<Int>? {
    tags.firstSpan { $0.range.overlaps(range) }.map { tags[$0].range }
  }

  // MARK: Segments

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

  /// A segment if it is allocated, else nil.
  @inline(__always)
  private func allocated(_ index: BoundaryTag.Index) -> UInt32? {
    tags[index].kind == .busy ? index : nil
  }

  /// The allocated segment that begins at a number, or nil.
  ///
  /// - Complexity: O(1) expected.
  @inline(__always)
  package func segment(startingAt number: Int) -> UInt32? {
    allocated(busy.segment(startingAt: number, tags))
  }

  /// The allocated segment that a number lies in, or nil.
  ///
  /// - Complexity: O(spans + segments of one span) where it is not the first number.
  package func segment(containing number: Int) -> UInt32? {
    if let index = segment(startingAt: number) { return index }
    guard let span = tags.firstSpan(where: { $0.range.contains(number) }) else { return nil }
    return allocated(self.segment(containing: number, of: span))
  }

  /// The segment of a span that a number of the span lies in, allocated or not.
  func segment(containing number: Int, of span: BoundaryTag.Index) -> BoundaryTag.Index {
    var index = tags[span].next
    while tags[index].end <= number { index = tags[index].next }
    return index
  }

  /// The range of an allocated segment.
  @inline(__always)
  package func range(of segment: UInt32) -> Range<Int> {
    checkedTag(segment).range
  }

  /// The allocated segment right behind one, in the same span; nil where there is none.
  package func neighbour(after segment: UInt32) -> UInt32? {
    allocated(checkedTag(segment).next)
  }

  /// The allocated segment right before one, in the same span; nil where there is none.
  package func neighbour(before segment: UInt32) -> UInt32? {
    allocated(checkedTag(segment).previous)
  }

  /// The tag of a segment, which the caller says is allocated.
  @inline(__always)
  private func checkedTag(_ segment: UInt32) -> BoundaryTag {
    guard segment < tags.end, tags[segment].kind == .busy else {
      stop("\(name): no range is allocated under the number \(segment)")
    }
    return tags[segment]
  }
}
