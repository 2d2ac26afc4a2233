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

  /// The most sizes that can have a cache.
  static let mostSizes = 64

  /// The ranges of each size.
  private(set) var lists = SegmentLists()

  private var counts = InlineArray<64, UInt8>(repeating: 0)
  private let shift: Int

  /// The largest size that has a cache.
  let largestSize: Int

  /// The ranges in all caches.
  private(set) var count = 0

  /// The numbers in them.
  private(set) var size = 0

  /// Makes empty caches for as many sizes, in quanta of 2^shift.
  init(sizes: Int, shift: Int) {
    self.shift = shift
    largestSize = sizes << shift
  }

  @inline(__always)
  private func cache(of size: Int) -> Int { size >> shift - 1 }

  /// Keeps a busy segment of at most the largest size, and tells whether there was room.
  @inline(__always)
  mutating func push(_ index: BoundaryTag.Index, _ tags: inout TagTable) -> Bool {
    let size = tags[index].size
    let cache = cache(of: size)
    guard counts[cache] < Self.depth else { return false }
    tags[index].kind = .cached
    lists.insert(index, into: cache, &tags)
    counts[cache] += 1
    count += 1
    self.size += size
    return true
  }

  /// Takes the youngest segment of a size, which is busy then, or none.
  @inline(__always)
  mutating func pop(_ size: Int, _ tags: inout TagTable) -> BoundaryTag.Index {
    let index = lists.first(of: cache(of: size))
    if index != BoundaryTag.none { remove(index, &tags) }
    return index
  }

  /// Takes a segment, which is busy then, out of its cache.
  @inline(__always)
  mutating func remove(_ index: BoundaryTag.Index, _ tags: inout TagTable) {
    let size = tags[index].size
    let cache = cache(of: size)
    lists.remove(index, from: cache, &tags)
    tags[index].kind = .busy
    counts[cache] -= 1
    count -= 1
    self.size -= size
  }

  /// The youngest segment of the smallest size that has any, or none.
  func first() -> BoundaryTag.Index {
    lists.firstOccupied(from: 0).map { lists.first(of: $0) } ?? BoundaryTag.none
  }
}
