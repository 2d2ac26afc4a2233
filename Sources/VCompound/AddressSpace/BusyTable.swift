// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The busy segments of a vmem by their first number: a range that comes back is named by that.
///
/// Open addressing with linear probes, at most half full, so that a look-up reads one or two
/// neighbouring slots and the tag it wants. What is removed leaves no mark: those behind move up.
/// Only a part of the table is used, which doubles when it is half full: few segments touch few
/// pages.
///
/// Look-up, insertion and removal are O(1) expected; an insertion that doubles the table, O(tags
/// ever used).
struct BusyTable: ~Copyable {
  private var slots: ZeroedTable<BoundaryTag.Index>

  /// The logarithm of how many slots are used: a page of them at first.
  private var bits = 10

  /// How many segments there are.
  private(set) var count = 0

  /// Maps a table for fewer segments than a limit.
  init(limit: Int, system: OperatingSystem) throws(CompoundError) {
    let needed = Int.bitWidth - (2 * limit - 1).leadingZeroBitCount
    slots = try ZeroedTable(count: 1 << max(bits, needed), system: system)
  }

  @inline(__always)
  private var mask: Int { 1 << bits - 1 }

  /// The slot where the search for a number begins.
  ///
  /// The high bits of the product, because low bits of addresses are all alike.
  @inline(__always)
  private func home(_ start: Int) -> Int {
    let product = UInt64(bitPattern: Int64(start)) &* 0x9E37_79B9_7F4A_7C15
    return Int(product >> UInt64(64 - bits))
  }

  /// The slot of the segment that begins at a number, or the empty one where it would go.
  @inline(__always)
  private func slot(of start: Int, _ tags: borrowing TagTable) -> Int {
    var slot = home(start)
    while slots[slot] != BoundaryTag.none, tags[slots[slot]].start != start {
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// The segment that begins at a number, or none.
  @inline(__always)
  func segment(startingAt start: Int, _ tags: borrowing TagTable) -> BoundaryTag.Index {
    slots[slot(of: start, tags)]
  }

  /// Enters a segment that is busy, and not in the table.
  @inline(__always)
  mutating func insert(_ index: BoundaryTag.Index, _ tags: borrowing TagTable) {
    if (count + 1) * 2 > mask + 1 { grow(tags) }
    slots[slot(of: tags[index].start, tags)] = index
    count += 1
  }

  /// Doubles the used part: clears it, and enters all busy and cached segments again.
  private mutating func grow(_ tags: borrowing TagTable) {
    for slot in 0...mask { slots[slot] = BoundaryTag.none }
    bits += 1
    for index in 1..<tags.end where tags[index].kind == .busy || tags[index].kind == .cached {
      slots[slot(of: tags[index].start, tags)] = index
    }
  }

  /// Removes the segment that begins at a number, and is in the table.
  @inline(__always)
  mutating func remove(startingAt start: Int, _ tags: borrowing TagTable) {
    var hole = slot(of: start, tags)
    var next = hole
    while true {
      next = (next + 1) & mask
      let index = slots[next]
      guard index != BoundaryTag.none else { break }
      // A search for this one passes the hole only if its home lies at or before the hole.
      let distance = (next - home(tags[index].start)) & mask
      guard distance >= (next - hole) & mask else { continue }
      slots[hole] = index
      hole = next
    }
    slots[hole] = BoundaryTag.none
    count -= 1
  }
}
