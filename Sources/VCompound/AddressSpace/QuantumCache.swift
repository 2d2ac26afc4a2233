// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The quantum caches of a vmem: a small stack of ranges given back for each of the smallest
/// sizes, from one quantum up.
///
/// A range in a cache is neither merged nor filed, so that the next request of its size costs a
/// few instructions. Its tag stays in the table of busy segments with a kind of its own: a second
/// free is still found. Stacks are lists through the tags, so that one span's ranges can be taken
/// out of the middle.
///
/// Every operation is O(1).
struct QuantumCaches {
  /// Ranges that one cache keeps.
  ///
  /// Few: what is kept cannot merge.
  static let depth = 16

  private var heads: [BoundaryTag.Index]
  private var counts: [Int]
  private let shift: Int

  /// The largest size that has a cache.
  let largestSize: Int

  /// The ranges in all caches.
  private(set) var count = 0

  /// The numbers in them.
  private(set) var size = 0

  /// Makes empty caches for as many sizes, in quanta of 2^shift.
  init(sizes: Int, shift: Int) {
    heads = Array(repeating: BoundaryTag.none, count: sizes)
    counts = Array(repeating: 0, count: sizes)
    self.shift = shift
    largestSize = sizes << shift
  }

  @inline(__always)
  private func cache(of size: Int) -> Int { size >> shift - 1 }

  /// Keeps a busy segment of at most the largest size.
  ///
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ index: BoundaryTag.Index, _ tags: inout TagTable) -> Bool {
    let size = tags[index].size
    let cache = cache(of: size)
    guard counts[cache] < Self.depth else { return false }
    let head = heads[cache]
    tags[index].kind = .cached
    tags[index].listPrevious = BoundaryTag.none
    tags[index].listNext = head
    if head != BoundaryTag.none { tags[head].listPrevious = index }
    heads[cache] = index
    counts[cache] += 1
    count += 1
    self.size += size
    return true
  }

  /// Takes the youngest segment of a size, which is busy then, or none.
  @inline(__always)
  mutating func pop(_ size: Int, _ tags: inout TagTable) -> BoundaryTag.Index {
    let index = heads[cache(of: size)]
    if index != BoundaryTag.none { remove(index, &tags) }
    return index
  }

  /// Takes a segment, which is busy then, out of its cache.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    let tag = tags[index]
    let cache = cache(of: tag.size)
    if tag.listNext != BoundaryTag.none { tags[tag.listNext].listPrevious = tag.listPrevious }
    if tag.listPrevious != BoundaryTag.none {
      tags[tag.listPrevious].listNext = tag.listNext
    } else {
      heads[cache] = tag.listNext
    }
    tags[index].kind = .busy
    counts[cache] -= 1
    count -= 1
    size -= tag.size
  }

  /// The youngest segment of the smallest size that has any, or none.
  ///
  /// - Complexity: O(sizes).
  func first() -> BoundaryTag.Index {
    heads.first { $0 != BoundaryTag.none } ?? BoundaryTag.none
  }

  /// The segments of a size.
  ///
  /// - Complexity: O(segments).
  func segments(of size: Int, _ tags: TagTable) -> [BoundaryTag.Index] {
    var segments: [BoundaryTag.Index] = []
    var index = heads[cache(of: size)]
    while index != BoundaryTag.none {
      segments.append(index)
      index = tags[index].listNext
    }
    precondition(segments.count == counts[cache(of: size)], "a quantum cache is miscounted")
    return segments
  }
}
