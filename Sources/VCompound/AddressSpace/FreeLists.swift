// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Up to 64 lists of segments, linked through the tags; the youngest member is the first.
///
/// A bit for every list that is not empty finds the next one in one instruction. Every operation
/// is O(1).
struct SegmentLists {
  private var heads = InlineArray<64, BoundaryTag.Index>(repeating: BoundaryTag.none)

  /// A bit for every list that is not empty.
  private(set) var occupied: UInt64 = 0

  /// The first segment of a list, or none.
  @inline(__always)
  func first(of list: Int) -> BoundaryTag.Index { heads[list] }

  /// The first list at or above one that is not empty.
  @inline(__always)
  func firstOccupied(from list: Int) -> Int? {
    let found = list > 63 ? 0 : occupied & (~0 << UInt64(list))
    return found == 0 ? nil : found.trailingZeroBitCount
  }

  /// Enters a segment.
  @inline(__always)
  mutating func insert(_ index: BoundaryTag.Index, into list: Int, _ tags: inout TagTable) {
    let head = heads[list]
    tags[index].listPrevious = BoundaryTag.none
    tags[index].listNext = head
    if head != BoundaryTag.none { tags[head].listPrevious = index }
    heads[list] = index
    occupied |= 1 << UInt64(list)
  }

  /// Takes a segment out of the list it is in.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index, from list: Int, _ tags: inout TagTable) {
    let (previous, next) = (tags[index].listPrevious, tags[index].listNext)
    if next != BoundaryTag.none { tags[next].listPrevious = previous }
    if previous != BoundaryTag.none {
      tags[previous].listNext = next
    } else {
      heads[list] = next
      if next == BoundaryTag.none { occupied &= ~(1 << UInt64(list)) }
    }
  }
}

/// The free segments of a vmem by size: list n holds those of 2^n ..< 2^(n + 1) quanta.
struct FreeLists {
  private(set) var lists = SegmentLists()

  /// The logarithm of the quantum.
  private let shift: Int

  /// Makes empty lists of segments whose sizes are multiples of 2^shift.
  init(shift: Int) {
    self.shift = shift
  }

  /// The list that a segment of a size is in.
  @inline(__always)
  func list(of size: Int) -> Int {
    Int.bitWidth - 1 - (size >> shift).leadingZeroBitCount
  }

  /// The first list every member of which has at least a size.
  @inline(__always)
  private func list(everyMemberHolding size: Int) -> Int {
    Int.bitWidth - (size >> shift - 1).leadingZeroBitCount
  }

  /// A segment of at least a size, found without looking at any other: *instant fit*.
  ///
  /// There may be others of that size in the list below, whose members do not all fit.
  @inline(__always)
  func instantFit(_ size: Int) -> BoundaryTag.Index? {
    lists.firstOccupied(from: list(everyMemberHolding: size)).map { lists.first(of: $0) }
  }

  /// Files a free segment.
  @inline(__always)
  mutating func insert(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    lists.insert(index, into: list(of: tags[index].size), &tags)
  }

  /// Takes a segment, whose size has not changed since, out of its list.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    lists.remove(index, from: list(of: tags[index].size), &tags)
  }

  /// The longest free segment's size, or 0.
  ///
  /// - Complexity: O(segments in the highest list).
  func largest(_ tags: borrowing TagTable) -> Int {
    guard lists.occupied != 0 else { return 0 }
    var largest = 0
    var index = lists.first(of: 63 - lists.occupied.leadingZeroBitCount)
    while index != BoundaryTag.none {
      largest = max(largest, tags[index].size)
      index = tags[index].listNext
    }
    return largest
  }
}
