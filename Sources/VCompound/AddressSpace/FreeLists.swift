// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The free segments of a vmem by size: list n holds those of 2^n ..< 2^(n + 1) quanta.
///
/// A bit for every list that is not empty finds the next one in one instruction. The youngest
/// member is the first.
struct FreeLists {
  private var heads = [BoundaryTag.Index](repeating: BoundaryTag.none, count: 64)

  /// A bit for every list that is not empty.
  private(set) var occupied: UInt64 = 0

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

  /// The first list at or above one that is not empty.
  @inline(__always)
  func firstOccupied(from list: Int) -> Int? {
    let found = list > 63 ? 0 : occupied & (~0 << UInt64(list))
    return found == 0 ? nil : found.trailingZeroBitCount
  }

  /// A segment of at least a size, found without looking at any other: *instant fit*.
  ///
  /// There may be others of that size in the list below, whose members do not all fit.
  ///
  /// - Complexity: O(1).
  @inline(__always)
  func instantFit(_ size: Int) -> BoundaryTag.Index? {
    firstOccupied(from: list(everyMemberHolding: size)).map { heads[$0] }
  }

  /// The first segment of a list, or none.
  @inline(__always)
  func first(of list: Int) -> BoundaryTag.Index { heads[list] }

  /// Files a free segment.
  @inline(__always)
  mutating func insert(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    let list = list(of: tags[index].size)
    let head = heads[list]
    tags[index].listPrevious = BoundaryTag.none
    tags[index].listNext = head
    if head != BoundaryTag.none { tags[head].listPrevious = index }
    heads[list] = index
    occupied |= 1 << UInt64(list)
  }

  /// Takes a segment, whose size has not changed since, out of its list.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    let tag = tags[index]
    if tag.listNext != BoundaryTag.none { tags[tag.listNext].listPrevious = tag.listPrevious }
    if tag.listPrevious != BoundaryTag.none {
      tags[tag.listPrevious].listNext = tag.listNext
    } else {
      let list = list(of: tag.size)
      heads[list] = tag.listNext
      if tag.listNext == BoundaryTag.none { occupied &= ~(1 << UInt64(list)) }
    }
  }

  /// The longest free segment's size, or 0.
  ///
  /// - Complexity: O(segments in the highest list).
  func largest(_ tags: TagTable) -> Int {
    guard occupied != 0 else { return 0 }
    var largest = 0
    var index = heads[63 - occupied.leadingZeroBitCount]
    while index != BoundaryTag.none {
      largest = max(largest, tags[index].size)
      index = tags[index].listNext
    }
    return largest
  }
}
