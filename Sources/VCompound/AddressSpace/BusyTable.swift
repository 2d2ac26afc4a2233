// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The busy segments of a vmem by their first number: who gives a range back names it by that.
///
/// Open addressing with linear probes, at most half full, so that a look-up reads one or two
/// neighbouring slots and the tag it wants. What is removed leaves no mark: those behind move up.
///
/// Look-up, insertion and removal are O(1) expected; an insertion that has the table grow, O(1)
/// amortized.
struct BusyTable {
  private var slots = [BoundaryTag.Index](repeating: BoundaryTag.none, count: 16)

  /// How many segments there are.
  private(set) var count = 0

  /// The slot where the search for a number begins.
  ///
  /// The high bits of the product, because low bits of addresses are all alike.
  @inline(__always)
  private func home(_ start: Int) -> Int {
    let product = UInt64(bitPattern: Int64(start)) &* 0x9E37_79B9_7F4A_7C15
    return Int(product >> UInt64(64 - slots.count.trailingZeroBitCount))
  }

  /// The slot of the segment that begins at a number, or the empty one where it would go.
  @inline(__always)
  private func slot(of start: Int, _ tags: TagTable) -> Int {
    let mask = slots.count - 1
    var slot = home(start)
    while slots[slot] != BoundaryTag.none, tags[slots[slot]].start != start {
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// The segment that begins at a number, or none.
  @inline(__always)
  func segment(startingAt start: Int, _ tags: TagTable) -> BoundaryTag.Index {
    slots[slot(of: start, tags)]
  }

  /// Enters a segment that is not in the table.
  @inline(__always)
  mutating func insert(_ index: BoundaryTag.Index, _ tags: TagTable) {
    if (count + 1) * 2 > slots.count { grow(tags) }
    slots[slot(of: tags[index].start, tags)] = index
    count += 1
  }

  private mutating func grow(_ tags: TagTable) {
    let old = slots
    slots = Array(repeating: BoundaryTag.none, count: old.count * 2)
    for index in old where index != BoundaryTag.none {
      slots[slot(of: tags[index].start, tags)] = index
    }
  }

  /// Removes the segment that begins at a number, and is in the table.
  @inline(__always)
  mutating func remove(startingAt start: Int, _ tags: TagTable) {
    let mask = slots.count - 1
    var hole = slot(of: start, tags)
    var next = hole
    while true {
      next = (next + 1) & mask
      let index = slots[next]
      guard index != BoundaryTag.none else { break }
      // Who searches for this one passes the hole only if its home lies at or before it.
      let distance = (next - home(tags[index].start)) & mask
      guard distance >= (next - hole) & mask else { continue }
      slots[hole] = index
      hole = next
    }
    slots[hole] = BoundaryTag.none
    count -= 1
  }
}
