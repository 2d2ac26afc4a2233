// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension PoolCore {
  /// Takes a page, from the cache if there is one.
  ///
  /// For the consumer.
  @inline(__always)
  func take(_ holder: PoolHolder) throws(CompoundPoolError) -> UInt32 {
    if let cached = takeCached(holder) { return cached }
    return try takeSlowly(holder)
  }

  @inline(__always)
  func takeCached(_ holder: PoolHolder) -> UInt32? {
    defer { unsafe control.pointee.gate.leave() }
    guard unsafe control.pointee.gate.enter() else { return nil }
    let count = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    guard count > 0 else { return nil }
    unsafe control.pointee.fast.add(1)
    return pop(count, holder)
  }

  /// Takes the last of so many pages out of the cache.
  ///
  /// The holder is noted before: who sees that the page is out sees that, too.
  @inline(__always)
  private func pop(_ count: Int, _ holder: PoolHolder) -> UInt32 {
    let index = storage.cache.load(count - 1)
    note(holder, index)
    unsafe control.pointee.cachedCount.store(count - 1, ordering: .releasing)
    return index
  }

  @inline(never)
  private func takeSlowly(_ holder: PoolHolder) throws(CompoundPoolError) -> UInt32 {
    let index = try CompoundPoolError.wrap { () throws(CompoundError) in
      try takeAnywhere(holder)
    }
    guard let index else { throw .exhausted(limit: limit) }
    return index
  }

  /// Takes a page from the rings, and more for the cache; else from the frames.
  ///
  /// - Returns: the page; nil where as many as the limit are out.
  private func takeAnywhere(_ holder: PoolHolder) throws(CompoundError) -> UInt32? {
    try door.enter { (heap) throws(CompoundError) in
      switch search(holder, heap) {
      case .found(let index): return index
      case .limit: return nil
      case .nothing: return try takeFromFrames(holder, heap)
      }
    }
  }

  /// What a look for a page finds that makes nothing resident and takes nothing from others.
  enum Search {
    case found(UInt32)
    /// As many pages as the limit are out.
    case limit
    case nothing
  }

  /// Takes a page from the rings, or one that is free and resident, and more for the cache.
  func search(_ holder: PoolHolder, _ heap: Heap) -> Search {
    if let index = refillFromRings(holder) { return .found(index) }
    unsafe control.pointee.empty.add(1)
    if available(heap) == 0 {
      // A request in need may be at the rings, and the pages on their way to the heap; and another
      // one when that has settled.
      repeat {
        heap.reclaimers.settle()
        if let index = takeCached(holder) ?? refillFromRings(holder) { return .found(index) }
      } while keptCount > 0 && available(heap) == 0
    }
    let available = available(heap)
    guard available > 0 else { return .limit }
    let batch = min(Self.batch, storage.cacheCapacity, available)
    return refill(batch, heap, for: holder).map { .found($0) } ?? .nothing
  }

  /// The pages that the pool may have beside those it has.
  ///
  /// - Returns: 0 only where as many as the limit are out.
  private func available(_ heap: Heap) -> Int {
    while true {
      let (available, isOut) = ledger.withLock { ($0.available, $0.used >= limit) }
      if available > 0 || isOut { return available }
      // All numbers belong to pages that are leaving.
      freeDeparting(heap)
      OperatingSystem.yieldProcessor()
    }
  }

  /// Takes pages out of the rings, open or closed, for the cache, and one of them for the caller.
  func refillFromRings(_ holder: PoolHolder) -> UInt32? {
    defer { unsafe control.pointee.gate.leave() }
    guard unsafe control.pointee.gate.enter() else { return nil }
    let before = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    var count = before
    let room = min(Self.batch, storage.cacheCapacity - before)
    let moved = storage.takeFromRings(atMost: max(1, room)) { index in
      storage.cache.store(index, at: count)
      count += 1
      // Page by page: who looks finds each of them in the ring, or here.
      unsafe control.pointee.cachedCount.store(count, ordering: .releasing)
    }
    guard moved > 0 else { return nil }
    unsafe control.pointee.refill.add(moved)
    return pop(count, holder)
  }

  /// Takes a batch of pages that are free and resident, for the cache.
  ///
  /// What is taken beyond the caller's page is in transit until it is in the cache, or free again.
  /// Not where pages cannot be kept, or a request is in need.
  ///
  /// - Parameters:
  ///   - wanted: how many.
  ///   - heap: where they come from.
  ///   - holder: who gets one of them, or nil.
  /// - Returns: the caller's; nil where there are none.
  @discardableResult
  private func refill(_ wanted: Int, _ heap: Heap, for holder: PoolHolder?) -> UInt32? {
    guard wanted > 0, heap.policy.canReclaim, !heap.reclaimers.isNeeded else { return nil }
    return heap.pages.carrying {
      var first: UInt32?
      let outcome = heap.takeBulk(wanted, order: order, atLeast: 0, label) { place in
        let index = enter(place)
        if let holder, first == nil {
          note(holder, index)
          first = index
        } else if !keep(index) {
          ledger.withLock { $0.depart(index) }
        }
      }
      count(outcome.taken)
      if ledger.withLock({ $0.isAnyDeparting }) { freeDeparting(heap) }
      return first
    }
  }

  /// Takes one page from the heap, as any request does.
  private func takeFromFrames(
    _ holder: PoolHolder, _ heap: Heap
  ) throws(CompoundError) -> UInt32 {
    var index: UInt32 = 0
    let outcome = heap.takeBulk(1, order: order, atLeast: 1, label) { index = enter($0) }
    if let failure = outcome.failure { throw failure }
    note(holder, index)
    count(1)
    refillBehind(heap)
    return index
  }

  /// Takes a block from the heap over, as a page of the pool.
  func enter(_ block: Block, _ holder: PoolHolder, _ heap: Heap) -> UInt32 {
    let index = enter(PackedPlace(block))
    note(holder, index)
    count(1)
    refillBehind(heap)
    return index
  }

  /// Fills the cache after a page was taken from the heap: memory may have become resident, and
  /// what is left of it is for the cache.
  private func refillBehind(_ heap: Heap) {
    let available = ledger.withLock { $0.available }
    refill(min(Self.batch, storage.cacheCapacity, available + 1) - 1, heap, for: nil)
  }

  /// Gives a page from the heap a number.
  ///
  /// There are numbers enough: only the consumer takes any.
  private func enter(_ place: PackedPlace) -> UInt32 {
    let index = ledger.withLock { ledger in
      let index = ledger.newNumber()
      pages.places.store(place, at: Int(index))
      return index
    }
    pages.counts.store(1, at: Int(index))
    return index
  }

  private func count(_ taken: Int) {
    if order == 0 {
      unsafe control.pointee.slow.add(taken)
    } else {
      unsafe control.pointee.slowHighOrder.add(taken)
    }
  }

  /// Puts a page on top of the cache.
  ///
  /// For the consumer.
  ///
  /// - Returns: whether there was room, and the cache open.
  @inline(__always)
  func keep(_ index: UInt32) -> Bool {
    defer { unsafe control.pointee.gate.leave() }
    guard unsafe control.pointee.gate.enter() else { return false }
    let count = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    guard count < storage.cacheCapacity else { return false }
    storage.cache.store(index, at: count)
    unsafe control.pointee.cachedCount.store(count + 1, ordering: .releasing)
    return true
  }
}
