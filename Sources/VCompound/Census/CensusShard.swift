// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A part of the census, guarded by a lock of its own: entries by the addresses of their blocks.
///
/// A hash table with lists, one bucket more with each entry more (linear hashing: Litwin, W.,
/// VLDB 1980), so no request ever pays for the table's growth. It lies in tables that are mapped,
/// and costs memory where it is used.
struct CensusShard {
  private let entries: SharedTable<CensusEntry>
  /// The first entry of every list, plus one.
  private let buckets: SharedTable<UInt32>
  private var bucketCount = 16

  /// The first free entry, plus one; the others follow by `next`.
  private var free: UInt32 = 0
  /// The entries that have ever been used.
  private(set) var used = 0
  private(set) var count = 0

  /// The blocks that found no room.
  private(set) var missed = 0

  var sites: CensusSites

  init(
    _ entries: SharedTable<CensusEntry>, _ buckets: SharedTable<UInt32>, _ sites: CensusSites
  ) {
    self.entries = entries
    self.buckets = buckets
    self.sites = sites
  }

  // MARK: Entries

  /// Lists a block that is not listed.
  ///
  /// - Returns: whether there was room.
  mutating func insert(_ entry: CensusEntry) -> Bool {
    var entry = entry
    let place: Int
    if free != 0 {
      place = Int(free) - 1
      free = entries.load(place).next
    } else if used < entries.count {
      place = used
      used += 1
    } else {
      missed += 1
      return false
    }
    if count >= bucketCount, bucketCount < buckets.count { addBucket() }
    count += 1
    let bucket = bucket(entry.address)
    entry.next = buckets.load(bucket)
    entries.store(entry, at: place)
    buckets.store(UInt32(place + 1), at: bucket)
    return true
  }

  /// Takes a block off the list, if it is listed.
  mutating func remove(_ address: UInt) -> CensusEntry? {
    let bucket = bucket(address)
    var before: UInt32 = 0
    var place = buckets.load(bucket)
    while place != 0 {
      let entry = entries.load(Int(place) - 1)
      if entry.address == address {
        if before == 0 {
          buckets.store(entry.next, at: bucket)
        } else {
          entries.update(Int(before) - 1) { $0.next = entry.next }
        }
        entries.update(Int(place) - 1) {
          $0.address = 0
          $0.next = free
        }
        free = place
        count -= 1
        return entry
      }
      before = place
      place = entry.next
    }
    return nil
  }

  /// The entry at a place below `used`, with its label, if a block is listed there.
  func entry(_ place: Int) -> (CensusEntry, SourceLabel)? {
    let entry = entries.load(place)
    return entry.address == 0 ? nil : (entry, sites[Int(entry.site)].label)
  }

  // MARK: Buckets

  /// A number for an address, of which the highest six bits say which shard has it.
  static func hash(_ address: UInt) -> UInt64 { UInt64(address) &* 0x9E37_79B9_7F4A_7C15 }

  private func bucket(_ address: UInt) -> Int {
    let hash = Int(truncatingIfNeeded: Self.hash(address) >> 26)
    let low = lowCount
    let bucket = hash & (2 * low - 1)
    return bucket < bucketCount ? bucket : bucket & (low - 1)
  }

  /// The largest power of two that is no more than the number of buckets.
  private var lowCount: Int { 1 << (Int.bitWidth - 1 - bucketCount.leadingZeroBitCount) }

  /// Splits one list into two.
  private mutating func addBucket() {
    let source = bucketCount - lowCount
    bucketCount += 1
    var place = buckets.load(source)
    buckets.store(0, at: source)
    while place != 0 {
      let entry = entries.load(Int(place) - 1)
      let bucket = bucket(entry.address)
      let first = buckets.load(bucket)
      entries.update(Int(place) - 1) { $0.next = first }
      buckets.store(place, at: bucket)
      place = entry.next
    }
  }
}
