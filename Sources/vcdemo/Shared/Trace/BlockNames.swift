// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Finds the number of a block by the name that a trace's file gives it.
///
/// A hash table of open addressing in a mapping of its own: a dictionary would use the malloc that
/// is measured later.
package struct BlockNames: ~Copyable {
  /// A place of the table; not private, or the compiler (6.3) fails.
  struct Place: BitwiseCopyable {
    var name: UInt64 = 0
    /// The block; -1 in a place that is free.
    var block: Int32 = -1
  }

  private var places: MappedTable<Place>
  private var shift: Int

  /// Makes an empty table for `limit` names at most.
  package init(limit: Int) {
    let order = max(4, Int.bitWidth - (2 * limit).leadingZeroBitCount)
    places = MappedTable(repeating: Place(), count: 1 << order)
    shift = UInt64.bitWidth - order
  }

  /// The block of this name; nil where there is none.
  package func block(named name: UInt64) -> Int32? {
    let block = places[place(of: name)].block
    return block < 0 ? nil : block
  }

  /// Notes a block, unless another has its name.
  ///
  /// - Returns: whether the name was free.
  package mutating func note(_ block: Int32, named name: UInt64) -> Bool {
    let index = place(of: name)
    guard places[index].block < 0 else { return false }
    places[index] = Place(name: name, block: block)
    return true
  }

  /// Notes a block, whatever had its name before.
  package mutating func replace(_ block: Int32, named name: UInt64) {
    places[place(of: name)] = Place(name: name, block: block)
  }

  /// Where the name is, or the free place where it would be.
  private func place(of name: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: SplitMix64.mix(name) >> UInt64(shift))
    while places[index].block >= 0, places[index].name != name {
      index = (index + 1) & (places.count - 1)
    }
    return index
  }
}
