// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What is known of one slab: which of its objects are in it, and where it is filed.
///
/// Stands in a table with a place for every frame, at the slab's first one, apart from the
/// objects. All zeroes: a slab with nothing in it, filed nowhere.
struct Slab: BitwiseCopyable {
  /// The slabs before and after it on its list, by their first frames plus one; 0 for none.
  var previous: UInt32 = 0
  var next: UInt32 = 0

  /// The objects that are in the slab: not with a caller, nor in a magazine or the depot.
  private(set) var free: UInt16 = 0

  /// The objects that it has room for.
  let capacity: UInt16

  /// The list that it is on, plus one; 0 for none.
  var list: UInt8 = 0

  /// Whether an object in it may be larger than its owner knows: it was to be made smaller, and
  /// there was no memory for a smaller one.
  var hasMisfits = false

  /// A bit for every object that is in the slab.
  private var map = InlineArray<8, UInt64>(repeating: 0)

  /// The most objects in a slab: those of 8 bytes, in one page.
  static let largestCapacity = 512

  /// A slab with all its objects.
  init(capacity: Int) {
    precondition(capacity <= Self.largestCapacity)
    self.capacity = UInt16(capacity)
    free = self.capacity
    for word in 0..<8 where capacity > word * 64 {
      map[word] = ~0 >> UInt64(max(0, 64 - (capacity - word * 64)))
    }
  }

  /// Whether an object is in the slab.
  func contains(_ index: Int) -> Bool {
    map[index >> 6] & 1 << UInt64(index & 63) != 0
  }

  /// Takes objects out, lowest first.
  ///
  /// - Parameters:
  ///   - limit: how many at most.
  ///   - body: is called with the number of each.
  /// - Returns: how many were taken.
  @inline(__always)
  mutating func take(atMost limit: Int, _ body: (Int) -> Void) -> Int {
    var left = min(limit, Int(free))
    let count = left
    free -= UInt16(count)
    var word = 0
    while left > 0 {
      var bits = map[word]
      while bits != 0, left > 0 {
        body(word << 6 | bits.trailingZeroBitCount)
        bits &= bits - 1
        left -= 1
      }
      map[word] = bits
      word += 1
    }
    return count
  }

  /// Puts an object back.
  ///
  /// - Returns: false if it is there already.
  mutating func put(_ index: Int) -> Bool {
    guard !contains(index) else { return false }
    map[index >> 6] |= 1 << UInt64(index & 63)
    free += 1
    return true
  }
}
