// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a vmem knows of one span or one segment.
///
/// Tags lie in one table and name each other by index. A record of zeroes is an unused tag.
struct BoundaryTag: BitwiseCopyable {
  /// The place of a tag in its table.
  typealias Index = UInt32

  /// The index that stands for no tag: that of the sentinel, which is in no list but its own.
  static let none: Index = 0

  /// What the tag stands for.
  enum Kind: UInt8, BitwiseCopyable {
    /// Nothing: the tag can be used.
    case unused
    /// The ends of the segment list and of the list of spans.
    case sentinel
    /// A span that never goes back.
    case staticSpan
    /// A span that goes back to the source when all of it is free.
    case importedSpan
    /// A free segment, in a free list.
    case free
    /// An allocated segment.
    case busy
    /// A segment in a quantum cache: given back, but not yet merged.
    case cached
  }

  /// The first number.
  var start: Int

  /// How many numbers.
  var size: Int

  /// The neighbours in the segment list: a span's tag, then its segments by address.
  var previous: Index = none
  var next: Index = none

  /// The neighbours in the list of its kind: all spans, a free list, or a quantum cache.
  var listPrevious: Index = none
  var listNext: Index = none

  /// Of a segment: its span; of a span: how many of its segments are busy.
  private var spanOrCount: UInt32

  var kind: Kind

  /// Makes the tag of a span, or of a segment of one.
  init(_ kind: Kind, _ range: Range<Int>, span: Index = none) {
    self.kind = kind
    start = range.lowerBound
    size = range.count
    spanOrCount = span
  }

  /// The number behind the last one.
  var end: Int { start + size }

  var range: Range<Int> { start..<end }

  var isSpan: Bool { kind == .staticSpan || kind == .importedSpan }

  /// The span of a segment.
  var span: Index {
    get { spanOrCount }
    set { spanOrCount = newValue }
  }

  /// How many segments of a span are busy.
  var busyCount: UInt32 {
    get { spanOrCount }
    set { spanOrCount = newValue }
  }
}
