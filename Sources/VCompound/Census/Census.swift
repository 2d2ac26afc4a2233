// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Which blocks there are, where they were allocated, and how they got their memory: a table beside
/// the heap, of blocks by their addresses.
///
/// A block is listed by the thread that allocated it, before anybody else has it, and taken off the
/// list by the thread that frees it, before its memory is free: an address is listed once. The
/// locks are held for some dozen instructions, and no other is taken meanwhile.
package final class Census: @unchecked Sendable {
  package let sampler: CensusSampler
  private let shards: [Shard]

  /// How many listed blocks have an address with a hash.
  ///
  /// So what is not listed is freed without a lock. Kept where most are not: where blocks are
  /// sampled.
  private let listed: SharedCounts

  // The memory of the shards, which only they touch, each its own part.
  private let entries: ZeroedTable<CensusEntry>
  private let buckets: ZeroedTable<UInt32>
  private let sites: ZeroedTable<CensusSite>
  private let index: ZeroedTable<UInt16>

  private final class Shard: Sendable {
    let state: Lock<CensusShard>
    init(_ state: CensusShard) { self.state = Lock(state) }
  }

  /// A power of two; the highest bits of the hash say which.
  private static let shardCount = 32
  private static let shardShift = UInt64(64 - 5)
  private static let listedCount = 1 << 14

  /// The most blocks that are listed, of an arena: one for 16 bytes, and 64 Mi.
  package static func limit(capacity: PageCount) -> Int {
    min(max(capacity.byteCount.rawValue / 16, 1 << 16), 1 << 26)
  }

  /// Makes an empty census.
  ///
  /// - Parameters:
  ///   - limit: the most blocks that are listed, about.
  ///   - period: see `CensusSampler`.
  ///   - seed: of the random choices.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`.
  package init(
    limit: Int, period: Int, seed: UInt64, system: OperatingSystem
  ) throws(CompoundError) {
    // A quarter more, since no hash spreads them evenly.
    let share = (limit + limit / 4) / Self.shardCount + 64
    let count = Self.shardCount
    let entries = try ZeroedTable<CensusEntry>(count: share * count, system: system)
    let buckets = try ZeroedTable<UInt32>(count: share * count, system: system)
    let sites = try ZeroedTable<CensusSite>(count: CensusSites.limit * count, system: system)
    let index = try ZeroedTable<UInt16>(count: CensusSites.indexCount * count, system: system)
    listed = try SharedCounts(count: Self.listedCount, system: system)
    sampler = CensusSampler(period: period, seed: seed)
    shards = (0..<count).map { number in
      Shard(
        CensusShard(
          entries.slice(number, of: count), buckets.slice(number, of: count),
          CensusSites(sites.slice(number, of: count), index.slice(number, of: count))))
    }
    self.entries = entries
    self.buckets = buckets
    self.sites = sites
    self.index = index
  }

  private var isSampling: Bool { sampler.period > 0 }

  private func withShard<Result>(
    _ hash: UInt64, _ body: (inout CensusShard) -> Result
  ) -> Result {
    shards[Int(hash >> Self.shardShift)].state.withLock(body)
  }

  // MARK: Blocks

  /// What the census knows of a block, and its label.
  package typealias Listed = (entry: CensusEntry, label: SourceLabel)

  /// Lists a block, and counts it.
  package func enter(_ entry: CensusEntry, _ label: SourceLabel) {
    var entry = entry
    entry.time = readCoarseClock()
    insert(entry, label, counted: Double(entry.weight))
  }

  /// Lists a block again that was taken off the list to be resized, or a part of one, which counts
  /// as an allocation if it is new.
  package func enterAgain(_ entry: CensusEntry, _ label: SourceLabel, isNew: Bool = false) {
    insert(entry, label, counted: isNew ? Double(entry.weight) : 0)
  }

  private func insert(_ entry: CensusEntry, _ label: SourceLabel, counted allocations: Double) {
    let hash = CensusShard.hash(entry.address)
    // Before the lock: whoever frees a block knows it from the thread that lists it.
    if isSampling { listed.raise(Self.listedPlace(hash)) }
    let isListed = withShard(hash) { shard in
      // Every shard has sites of its own.
      let site = shard.sites.number(label)
      shard.sites.update(site) { $0.allocations += allocations }
      var entry = entry
      entry.site = UInt16(site)
      return shard.insert(entry)
    }
    if isSampling, !isListed { _ = listed.lower(Self.listedPlace(hash)) }
  }

  /// Takes a block off the list.
  ///
  /// - Returns: what was known of it, or nil where it was not listed.
  @discardableResult
  package func leave(_ address: UInt) -> Listed? {
    let hash = CensusShard.hash(address)
    if isSampling, listed.load(Self.listedPlace(hash)) == 0 { return nil }
    return withShard(hash) { shard in
      guard let entry = shard.remove(address) else { return nil }
      if isSampling { _ = listed.lower(Self.listedPlace(hash)) }
      return (entry, shard.sites[Int(entry.site)].label)
    }
  }

  private static func listedPlace(_ hash: UInt64) -> Int {
    Int(truncatingIfNeeded: hash >> 40) & (listedCount - 1)
  }

  // MARK: Sites

  /// Notes that a request was stitched or refused, where `measure` says how fragmented memory is.
  ///
  /// It is called without a lock, a hundred times a second at most for each label.
  package func note(
    _ label: SourceLabel, isRefusal: Bool, _ measure: () -> CensusSite.Scarcity
  ) {
    let now = readCoarseClock()
    let isDue = withShard(label.hash) { shard in
      let site = shard.sites.number(label)
      var isDue = false
      shard.sites.update(site) { site in
        if isRefusal { site.refusals += 1 } else { site.stitches += 1 }
        isDue = site.scarcity.time == 0 || now - site.scarcity.time >= Self.pause
      }
      return isDue
    }
    guard isDue else { return }
    var scarcity = measure()
    scarcity.time = now
    scarcity.isRefusal = isRefusal
    withShard(label.hash) { shard in
      shard.sites.update(shard.sites.number(label)) { $0.scarcity = scarcity }
    }
  }

  private static var pause: Int { 10_000_000 }

  // MARK: Looking

  /// The blocks that found no room in the table.
  package var missed: Int { shards.reduce(0) { $0 + $1.state.withLock { $0.missed } } }

  /// Calls a function for every label, without a lock; for one label perhaps several times, with
  /// counts to be added.
  package func forEachSite(_ body: (CensusSite) -> Void) {
    for shard in shards {
      let sites = shard.state.withLock { shard in
        (0..<shard.sites.count).map { shard.sites[$0] }
      }
      for site in sites { body(site) }
    }
  }

  /// Calls a function for every block that is listed, without a lock.
  package func forEach<Failure: Error>(
    _ body: (CensusEntry, SourceLabel) throws(Failure) -> Void
  ) throws(Failure) {
    for shard in shards {
      var place = 0
      while true {
        var batch: [(CensusEntry, SourceLabel)] = []
        let end = shard.state.withLock { shard in
          let end = min(place + Self.batch, shard.used)
          for place in place..<end {
            if let entry = shard.entry(place) { batch.append(entry) }
          }
          return end
        }
        if end == place { break }
        place = end
        for (entry, label) in batch { try body(entry, label) }
      }
    }
  }

  private static var batch: Int { 128 }
}

extension ZeroedTable {
  /// One of so many equal parts of the table.
  fileprivate func slice(_ number: Int, of parts: Int) -> SharedTable<Element> {
    let share = count / parts
    return unsafe SharedTable(base: base + number * share, count: share)
  }
}
