// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a page pool and all its pages share.
///
/// Brouer, J. D.: generic page-pool recycle facility, LSF/MM 2016 (Linux: `page_pool`);
/// Dumazet, E.: recycling by reference count, in the discussion of it.
///
/// A page of the pool has a number. By its number, tables tell its place, the count of its holders,
/// and the label that its holder gave. A page is *in* the pool (in the consumer's cache or in a
/// ring), or *out*. A page in the pool has a count of 1 too: one that a single holder takes and
/// puts back is not counted at all. The holder that finds a count of 1 is the only one, since only
/// holders make holders.
///
/// The consumer's cache is behind an `OwnerGate`, and so are the consumer's ends of the rings:
/// a request in need empties them (`Reclaimable`).
///
/// Pages refer to the core without counting. It lives until the pool is closed and the last page
/// has gone back to the heap; the thread that gave that page back ends it, and no thread touches it
/// behind the step that counts its page.
final class PoolCore: @unchecked Sendable {
  private let lifetime: Lifetime
  let door: Door
  let order: PageOrder
  let name: StaticString
  /// Names the pool's pages in the census.
  let label: SourceLabel

  /// The most pages that there are.
  let limit: Int

  /// The most pages that are kept.
  let mostKept: Int

  let storage: PoolStorage
  let pages: PoolPages
  let ledger: Lock<PoolLedger>

  /// Signalled when all pages of a closed pool have come back.
  let emptied = Condition()

  /// Signalled when a page is handed over to the consumer, which waits for one.
  let arrived = Condition()

  /// Pages that their last reader put back.
  let lastReader = Atomic<Int>(0)
  /// Pages that were handed over to a consumer that waited.
  let handedOver = Atomic<Int>(0)
  /// Pages that found all rings full.
  let ringFull = Atomic<Int>(0)

  /// The most pages that one refill takes, or one drain gives (Linux: `PP_ALLOC_CACHE_REFILL`).
  static var batch: Int { 64 }

  /// The part of a count that says that a pointer owns the page.
  static var lent: UInt32 { 1 << 31 }

  /// What a page cut into fragments is counted with until it is cut up.
  static var bias: UInt32 { 1 << 30 }

  /// Opens a pool on behalf of a front door of the heap.
  ///
  /// - Throws: `systemCall`.
  init(
    _ lifetime: Lifetime, _ heap: Heap, order: PageOrder, out: Int, kept: Int,
    name: StaticString
  ) throws(CompoundError) {
    let storage = try PoolStorage(kept: kept, system: heap.system)
    let pages = try PoolPages(limit: out, system: heap.system)
    self.lifetime = lifetime
    door = lifetime.door
    self.order = order
    self.name = name
    label = SourceLabel(name, ifEmpty: "page pool")
    limit = out
    mostKept = kept
    ledger = Lock(PoolLedger(limit: out, pages.next))
    self.storage = storage
    self.pages = pages
    // What a pool keeps could not be taken back, so it keeps nothing.
    if !heap.policy.canReclaim { shut() }
    heap.reclaimers.add(self)
  }

  /// See `Reclaimable`.
  package func forEachKept(_ body: (UInt) -> Void) {
    var numbers: [UInt32] = []
    storage.look { numbers.append($0) }
    let places = ledger.withLock { _ in numbers.map { pages.places.load(Int($0)) } }
    for place in places where place.isContiguous { body(place.address) }
  }

  /// The size of a page in bytes.
  var byteCount: ByteCount { order.byteCount }

  /// See `Reclaimable`.
  package var report: String {
    let counts = statistics
    return "pool '\(name)' of pages of \(byteCount): \(counts.inFlight) out of \(limit), "
      + "\(counts.kept) kept, \(inPercent(counts.recyclingRate)) recycled"
  }

  /// The consumer's control words.
  var control: UnsafeMutablePointer<PoolControl> {
    @inline(__always) get { unsafe storage.control }
  }

  /// The first byte of a page.
  @inline(__always)
  func address(_ index: UInt32) -> UInt { pages.places.load(Int(index)).address }

  /// Notes who has a page.
  @inline(__always)
  func note(_ holder: PoolHolder, _ index: UInt32) {
    pages.labels.store(holder.label.word, at: Int(index))
    if CheckedBuild.isOn { note(holder.origin, index) }
  }

  @inline(never)
  private func note(_ origin: PoolOrigin, _ index: UInt32) {
    door.enter(inChild: ()) { _ in
      ledger.withLock { _ in pages.origins.store(origin, at: Int(index)) }
    }
  }
}

/// The pages of a pool, by number.
struct PoolPages: ~Copyable {
  /// Where they are; `none` for a number that no page has.
  ///
  /// Written under the ledger, read there and by the holders of the page.
  let places: ZeroedTable<PackedPlace>
  /// What was said when they were taken: a word each, so that a monitor can read it meanwhile.
  let labels: SharedWords
  /// Where they were taken, in checked builds; under the ledger.
  let origins: ZeroedTable<PoolOrigin>
  /// How many hold them.
  let counts: SharedCounts
  /// The links of the lists in `PoolLedger`.
  fileprivate let next: ZeroedTable<UInt32>

  /// Makes tables for a pool.
  ///
  /// Twice as many numbers as pages: those on their way to the heap have theirs still.
  ///
  /// - Throws: `systemCall`.
  init(limit: Int, system: OperatingSystem) throws(CompoundError) {
    let count = 2 * limit
    let places = try ZeroedTable<PackedPlace>(count: count, system: system)
    let labels = try SharedWords(count: count, system: system)
    let origins = try ZeroedTable<PoolOrigin>(count: CheckedBuild.isOn ? count : 1, system: system)
    let counts = try SharedCounts(count: count, system: system)
    next = try ZeroedTable(count: count, system: system)
    self.places = places
    self.labels = labels
    self.origins = origins
    self.counts = counts
  }
}

extension PoolLedger {
  fileprivate init(limit: Int, _ next: borrowing ZeroedTable<UInt32>) {
    self.init(limit: limit, next: next.shared)
  }
}
