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
    let index = if let cached = takeCached() { cached } else { try takeSlowly() }
    pages.holders.store(holder, at: Int(index))
    return index
  }

  @inline(__always)
  private func takeCached() -> UInt32? {
    defer { unsafe control.pointee.gate.leave() }
    guard unsafe control.pointee.gate.enter() else { return nil }
    let count = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    guard count > 0 else { return nil }
    unsafe control.pointee.cachedCount.store(count - 1, ordering: .relaxed)
    unsafe control.pointee.fast.add(1)
    return storage.cache.load(count - 1)
  }

  @inline(never)
  private func takeSlowly() throws(CompoundPoolError) -> UInt32 {
    let index = try CompoundPoolError.wrap { () throws(CompoundError) in try takeAnywhere() }
    guard let index else { throw .exhausted(limit: limit) }
    return index
  }

  /// Takes a page from the rings, and more for the cache; else from the frames.
  ///
  /// - Returns: the page; nil where as many as the limit are out.
  private func takeAnywhere() throws(CompoundError) -> UInt32? {
    try door.enter { (heap) throws(CompoundError) in
      if let index = refillFromRings() { return index }
      unsafe control.pointee.empty.add(1)
      if available(heap) == 0 {
        // A request in need may be at the rings, and the pages on their way to the heap.
        heap.reclaimers.settle()
        if let index = refillFromRings() { return index }
      }
      let available = available(heap)
      guard available > 0 else { return nil }
      let batch = min(Self.batch, storage.cacheCapacity, available)
      if let index = refill(batch, heap, takesOne: true) { return index }
      let index = try takeFromFrames(heap)
      // Memory may have become resident: what is left of it is for the cache.
      _ = refill(batch - 1, heap, takesOne: false)
      return index
    }
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

  private func refillFromRings() -> UInt32? {
    defer { unsafe control.pointee.gate.leave() }
    guard unsafe control.pointee.gate.enter() else { return nil }
    let before = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    var count = before
    let room = min(Self.batch, storage.cacheCapacity - before)
    let moved = storage.takeFromRings(atMost: max(1, room)) { index in
      storage.cache.store(index, at: count)
      count += 1
    }
    guard moved > 0 else { return nil }
    unsafe control.pointee.refill.add(moved)
    unsafe control.pointee.cachedCount.store(count - 1, ordering: .relaxed)
    return storage.cache.load(count - 1)
  }

  /// Takes a batch of pages that are free and resident, for the cache.
  ///
  /// What is taken beyond the caller's page is in transit until it is in the cache, or free again.
  /// Not where pages cannot be kept, or a request is in need.
  ///
  /// - Parameters:
  ///   - wanted: how many.
  ///   - heap: where they come from.
  ///   - takesOne: whether one of them is the caller's.
  /// - Returns: the caller's; nil where there are none.
  private func refill(_ wanted: Int, _ heap: Heap, takesOne: Bool) -> UInt32? {
    guard wanted > 0, heap.policy.canReclaim, !heap.reclaimers.isNeeded else { return nil }
    return heap.pages.carrying {
      var first: UInt32?
      let outcome = heap.takeBulk(wanted, order: order, atLeast: 0, label) { place in
        let index = enter(place)
        if takesOne, first == nil {
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
  private func takeFromFrames(_ heap: Heap) throws(CompoundError) -> UInt32 {
    var index: UInt32 = 0
    let outcome = heap.takeBulk(1, order: order, atLeast: 1, label) { index = enter($0) }
    if let failure = outcome.failure { throw failure }
    count(1)
    return index
  }

  /// Gives a page from the heap a number.
  ///
  /// There are numbers enough: only the consumer takes any.
  private func enter(_ place: PackedPlace) -> UInt32 {
    let index = ledger.withLock { $0.newNumber() }
    pages.places.store(place, at: Int(index))
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
    unsafe control.pointee.cachedCount.store(count + 1, ordering: .relaxed)
    return true
  }
}
