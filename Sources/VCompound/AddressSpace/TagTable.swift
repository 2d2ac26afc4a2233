// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The tags of a vmem, with the segment list and the list of spans threaded through them.
///
/// Both lists are rings closed by the sentinel, so that no link has to be tested for an end. A tag
/// that is removed is used again by the next insertion: indices stay small, and only as many tags
/// cost memory as there ever were segments at one time.
///
/// Every operation is O(1), unless it says otherwise.
struct TagTable: ~Copyable {
  private var tags: ZeroedTable<BoundaryTag>

  /// The first of the tags to be used again, which are linked by `next`.
  private var unused = BoundaryTag.none

  /// The first index that was never used.
  private(set) var end: BoundaryTag.Index = 1

  /// The tags in use, the sentinel not among them.
  private(set) var count = 0

  /// Maps a table whose indices, the sentinel's included, are below a limit.
  init(limit: Int, system: OperatingSystem) throws(CompoundError) {
    tags = try ZeroedTable(count: limit, system: system)
    tags[Int(BoundaryTag.none)].kind = .sentinel
  }

  /// The most tags that can be in use.
  @inline(__always)
  var limit: Int { tags.count - 1 }

  /// The tags that can still be inserted.
  @inline(__always)
  var room: Int { limit - count }

  /// The tag at an index.
  subscript(index: BoundaryTag.Index) -> BoundaryTag {
    @inline(__always) get { tags[Int(index)] }
    @inline(__always) _modify { yield &tags[Int(index)] }
  }

  /// Enters a tag behind another in the segment list; there must be room.
  @inline(__always)
  mutating func insert(
    _ tag: BoundaryTag, after previous: BoundaryTag.Index
  ) -> BoundaryTag.Index {
    var tag = tag
    tag.previous = previous
    tag.next = self[previous].next
    let index: BoundaryTag.Index
    if unused != BoundaryTag.none {
      index = unused
      unused = self[index].next
    } else {
      guard room > 0 else { stop("an arena has no tag left for \(tag.range)") }
      index = end
      end += 1
    }
    self[index] = tag
    self[previous].next = index
    self[tag.next].previous = index
    count += 1
    return index
  }

  /// Takes a tag, which is in no other list any more, out of the segment list.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index) {
    let tag = self[index]
    self[tag.previous].next = tag.next
    self[tag.next].previous = tag.previous
    self[index].kind = .unused
    self[index].next = unused
    unused = index
    count -= 1
  }

  // MARK: Spans

  /// Enters a span's tag behind another one in the list of spans.
  mutating func linkSpan(_ index: BoundaryTag.Index, after previous: BoundaryTag.Index) {
    let next = self[previous].listNext
    self[index].listPrevious = previous
    self[index].listNext = next
    self[previous].listNext = index
    self[next].listPrevious = index
  }

  /// Takes a span's tag out of the list of spans.
  mutating func unlinkSpan(_ index: BoundaryTag.Index) {
    let tag = self[index]
    self[tag.listPrevious].listNext = tag.listNext
    self[tag.listNext].listPrevious = tag.listPrevious
  }

  /// The first span for which a function returns true.
  ///
  /// - Complexity: O(spans).
  func firstSpan(where matches: (BoundaryTag) -> Bool) -> BoundaryTag.Index? {
    var index = self[BoundaryTag.none].listNext
    while index != BoundaryTag.none {
      if matches(self[index]) { return index }
      index = self[index].listNext
    }
    return nil
  }

  /// The tags waiting to be used again.
  ///
  /// - Complexity: O(unused tags).
  func unusedCount() -> Int {
    var count = 0
    var index = unused
    while index != BoundaryTag.none {
      count += 1
      index = self[index].next
    }
    return count
  }
}
