// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What a page pool has done, under the names of Linux's `page_pool` statistics.
///
/// `kept + inFlight` are the pages there are.
public struct PagePoolStatistics: Hashable, Sendable {
  /// Pages taken from the consumer's cache.
  public internal(set) var fast = 0
  /// Single pages taken from the allocator, in batches.
  public internal(set) var slow = 0
  /// Larger pages taken from the allocator.
  public internal(set) var slowHighOrder = 0
  /// How often cache and rings were empty.
  public internal(set) var empty = 0
  /// Pages that went from the rings to the cache.
  public internal(set) var refill = 0

  /// Pages that the consumer put back into its cache.
  public internal(set) var cached = 0
  /// How often the cache was full then.
  public internal(set) var cacheFull = 0
  /// Pages put back through the rings.
  public internal(set) var ring = 0
  /// Pages that found all rings full, and went to the allocator.
  public internal(set) var ringFull = 0
  /// Pages that their last reader put back, after their owner; through the rings, as others.
  ///
  /// (In the kernel such a page leaves the pool, and is counted as `released_refcnt`.)
  public internal(set) var lastReader = 0
  /// Pages that were handed over to a consumer that waited for one, past the rings.
  public internal(set) var handedOver = 0

  /// Pages that are out.
  ///
  /// (The kernel counts those that are kept too, until a pool is closed.)
  public internal(set) var inFlight = 0
  /// Pages that are kept for later.
  public internal(set) var kept = 0

  /// The share of pages that were taken without asking the allocator: from 0 to 1.
  public var recyclingRate: Double {
    let taken = fast + refill + empty
    let fresh = slow + slowHighOrder
    return taken == 0 ? 0 : Double(max(0, taken - fresh)) / Double(taken)
  }
}

extension PoolCore {
  /// See `PagePoolStatistics`.
  var statistics: PagePoolStatistics {
    door.enter(inChild: PagePoolStatistics()) { _ in readStatistics() }
  }

  private func readStatistics() -> PagePoolStatistics {
    var result = PagePoolStatistics()
    unsafe result.fast = control.pointee.fast.load(ordering: .relaxed)
    unsafe result.slow = control.pointee.slow.load(ordering: .relaxed)
    unsafe result.slowHighOrder = control.pointee.slowHighOrder.load(ordering: .relaxed)
    unsafe result.empty = control.pointee.empty.load(ordering: .relaxed)
    unsafe result.refill = control.pointee.refill.load(ordering: .relaxed)
    unsafe result.cached = control.pointee.cached.load(ordering: .relaxed)
    unsafe result.cacheFull = control.pointee.cacheFull.load(ordering: .relaxed)
    result.ring = storage.returnedCount
    result.ringFull = ringFull.load(ordering: .relaxed)
    result.lastReader = lastReader.load(ordering: .relaxed)
    result.handedOver = handedOver.load(ordering: .relaxed)
    result.kept = keptCount
    result.inFlight = max(0, ledger.withLock { $0.used } - result.kept)
    return result
  }

  /// Whether the pool is closed; a child of fork finds it so.
  var isClosed: Bool { door.enter(inChild: true) { _ in ledger.withLock { $0.isClosed } } }

  /// The number of the page at an address, or nil where none begins there.
  func number(at address: UInt) -> UInt32? {
    ledger.withLock { ledger in
      ledger.numbers.first { pages.places.load($0).address == address }.map(UInt32.init)
    }
  }
}
