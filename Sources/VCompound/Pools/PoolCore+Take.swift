// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension PoolCore {
  /// Takes a page, from the cache if there is one.
  ///
  /// For the consumer.
  @inline(__always)
  func take(_ holder: PoolHolder) throws(CompoundError) -> UInt32 {
    if let index = takeCached() {
      holders.store(holder, at: Int(index))
      return index
    }
    let index = try takeSlowly()
    holders.store(holder, at: Int(index))
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

  /// Takes a page from the rings, and more for the cache; else from the frames.
  @inline(never)
  private func takeSlowly() throws(CompoundError) -> UInt32 {
    if engine.sentinel.isInChild { throw .usedAfterFork }
    if let index = refillFromRings() { return index }
    unsafe control.pointee.empty.add(1)
    return try refillFromFrames()
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

  /// Takes a batch of pages from below.
  ///
  /// One must be had; the others are taken if they are free and resident. Never with the pool's
  /// lock: the engine may come back to empty the pool.
  private func refillFromFrames() throws(CompoundError) -> UInt32 {
    let batch = engine.canReclaim ? min(Self.batch, storage.cacheCapacity) : 1
    let wanted = ledger.withLock { min(batch, $0.available) }
    guard wanted > 0 else { throw .poolExhausted(limit: limit) }
    var taken = InlineArray<64, PackedPlace>(repeating: .none)
    var count = 0
    let outcome = engine.takeBulk(wanted, order: order, atLeast: 1) { place in
      taken[count] = place
      count += 1
    }
    if let failure = outcome.failure { throw failure }
    var indices = InlineArray<64, UInt32>(repeating: 0)
    ledger.withLock { ledger in
      for number in 0..<count {
        // There are numbers enough: only the consumer takes any.
        let index = ledger.newNumber()
        places.store(taken[number], at: Int(index))
        counts.store(1, at: Int(index))
        indices[number] = index
      }
    }
    if order == 0 {
      unsafe control.pointee.slow.add(count)
    } else {
      unsafe control.pointee.slowHighOrder.add(count)
    }
    for number in 1..<max(1, count) where !keep(indices[number]) { discard(indices[number]) }
    return indices[0]
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
