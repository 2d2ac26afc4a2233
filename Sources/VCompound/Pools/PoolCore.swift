// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a page pool and all its pages share.
///
/// Brouer, J. D.: generic page-pool recycle facility, LSF/MM 2016 (Linux: `page_pool`);
/// Dumazet, E.: recycling by reference count, in the discussion of it.
///
/// A page of the pool has a number. By its number, tables tell where it is, how many hold it, and
/// who. A page is *in* the pool (in the consumer's cache or in a ring), or *out*; what is out has a
/// count of 1 or more, and so has what is in: a page that one holder takes and puts back is not
/// counted at all. Whoever finds a count of 1 on his own page knows that nobody else has it, since
/// only holders make holders.
///
/// The consumer's cache is behind an `OwnerGate`, and so are the consumer's ends of the rings:
/// the engine empties them when a request would be refused (`PageKeeper`).
///
/// Pages refer to the core without counting; `close` and `free` see to it that it lives while any
/// is out.
final class PoolCore: @unchecked Sendable {
  let engine: Engine
  let order: Order
  let storage: PoolStorage

  /// The most pages that there are.
  let limit: Int

  /// Where the pages are; `none` for a number that no page has.
  ///
  /// Written under the ledger, read by whoever has the page.
  let places: SharedTable<PackedPlace>
  private let placeTable: ZeroedTable<PackedPlace>

  /// Who holds the pages.
  let holders: SharedTable<PoolHolder>
  private let holderTable: ZeroedTable<PoolHolder>

  /// How many hold a page.
  let counts: SharedCounts

  let ledger: Monitor<PoolLedger>

  /// Pages that were put back while somebody else held them.
  let releasedRefcnt = Atomic<Int>(0)
  /// Pages that found all rings full.
  let ringFull = Atomic<Int>(0)

  /// The most pages that one refill takes, or one drain gives (Linux: `PP_ALLOC_CACHE_REFILL`).
  static var batch: Int { 64 }

  /// The part of a count that says that a pointer owns the page.
  static var lent: UInt32 { 1 << 31 }

  /// What a page cut into fragments is counted with until it is cut up.
  static var bias: UInt32 { 1 << 30 }

  init(
    _ engine: Engine, order: Order, limits: PagePool.Limits
  ) throws(CompoundError) {
    let system = engine.system
    let storage = try PoolStorage(kept: limits.kept, system: system)
    let placeTable = try ZeroedTable<PackedPlace>(count: limits.out, system: system)
    let holderTable = try ZeroedTable<PoolHolder>(count: limits.out, system: system)
    let counts = try SharedCounts(count: limits.out, system: system)
    self.engine = engine
    self.order = order
    self.storage = storage
    limit = limits.out
    places = placeTable.shared
    self.placeTable = placeTable
    holders = holderTable.shared
    self.holderTable = holderTable
    self.counts = counts
    ledger = Monitor(PoolLedger(limit: limits.out))
    if !engine.canReclaim {
      // What a pool keeps could not be taken back, so it keeps nothing.
      unsafe self.storage.control.pointee.gate.shut()
      self.storage.closeRings()
    }
  }

  /// The size of a page in bytes.
  var byteCount: ByteCount { order.pageCount.byteCount }

  /// The consumer's control words.
  var control: UnsafeMutablePointer<PoolControl> {
    @inline(__always) get { unsafe storage.control }
  }

  /// The first byte of a page.
  @inline(__always)
  func address(_ index: UInt32) -> UInt { places.load(Int(index)).address }
}

/// Which numbers of a pool are pages, and how the pool ends.
struct PoolLedger {
  /// Numbers that were a page's and are free.
  private var free: [UInt32] = []
  /// The lowest number that never was a page's.
  private var fresh = 0
  private let limit: Int

  /// Numbers in use: pages in the pool, and out.
  private(set) var used = 0
  /// Whether the pool is closed: what comes back goes to the frames.
  var isClosed = false
  /// Whether the core holds itself, because pages are out of a pool that is gone.
  var isHeldByPages = false
  /// Pages that whoever emptied the pool is about to free.
  var departing = PoolCore.Departing()
  /// Pages whose addresses were made inaccessible.
  var revoked: Set<UInt32> = []

  init(limit: Int) { self.limit = limit }

  /// The numbers that can still be given out.
  var available: Int { limit - used }

  /// Gives out a number.
  mutating func newNumber() -> UInt32 {
    used += 1
    if let number = free.popLast() { return number }
    fresh += 1
    return UInt32(fresh - 1)
  }

  /// Takes a number back.
  mutating func retire(_ number: UInt32) {
    used -= 1
    free.append(number)
  }

  /// The numbers that may be in use.
  var numbers: Range<Int> { 0..<fresh }
}
