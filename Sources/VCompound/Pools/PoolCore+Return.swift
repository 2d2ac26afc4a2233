// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

extension PoolCore {
  // MARK: The consumer

  /// Puts a page back that the consumer has.
  @inline(__always)
  func recycle(_ index: UInt32) {
    guard counts.load(Int(index)) == 1 else { return putBack(index) }
    if engine.scrubs { scrub(index) }
    if keep(index) {
      unsafe control.pointee.cached.add(1)
    } else {
      recycleSlowly(index)
    }
  }

  /// Puts a page into a ring because the cache is full; where the rings are too, makes room in the
  /// cache by giving a batch to the frames.
  @inline(never)
  private func recycleSlowly(_ index: UInt32) {
    if engine.sentinel.isInChild { return }
    unsafe control.pointee.cacheFull.add(1)
    if storage.putIntoRing(index, thread: threadNumber) { return }
    ringFull.add(1, ordering: .relaxed)
    var drained = InlineArray<64, UInt32>(repeating: 0)
    var count = 0
    if unsafe control.pointee.gate.enter() {
      let kept = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
      count = min(Self.batch, (kept + 1) / 2)
      unsafe control.pointee.cachedCount.store(kept - count, ordering: .relaxed)
      // The coldest, at the bottom, go; the rest moves down.
      for place in 0..<count { drained[place] = storage.cache.load(place) }
      for place in count..<max(count, kept) {
        storage.cache.store(storage.cache.load(place), at: place - count)
      }
    }
    unsafe control.pointee.gate.leave()
    discard((0..<count).map { drained[$0] })
    if !keep(index) { discard(index) }
  }

  // MARK: Everybody

  /// Lets go of a page on behalf of its owner, on any thread.
  ///
  /// A page that somebody else still holds leaves the pool.
  @inline(__always)
  func putBack(_ index: UInt32) {
    if counts.load(Int(index)) != 1 {
      guard counts.lower(Int(index)) == 0 else {
        releasedRefcnt.add(1, ordering: .relaxed)
        return
      }
      counts.store(1, at: Int(index))
    }
    putUnheld(index)
  }

  /// Puts a page back that nobody holds, whose count is 1.
  @inline(__always)
  func putUnheld(_ index: UInt32) {
    if engine.scrubs { scrub(index) }
    if !storage.putIntoRing(index, thread: threadNumber) { putUnheldSlowly(index) }
  }

  @inline(never)
  private func putUnheldSlowly(_ index: UInt32) {
    if engine.sentinel.isInChild { return }
    if !ledger.withLock({ $0.isClosed }) { ringFull.add(1, ordering: .relaxed) }
    discard(index)
  }

  /// Lets go of a page on behalf of a holder who is not its owner; the last one frees it.
  func letGo(_ index: UInt32) {
    guard counts.lower(Int(index)) == 0 else { return }
    if engine.sentinel.isInChild { return }
    discard(index)
  }

  /// Lets go of a fragment; with the last one of a page that has been cut up, the page goes back.
  func letGoOfFragment(_ index: UInt32) {
    guard counts.lower(Int(index)) == 0 else { return }
    counts.store(1, at: Int(index))
    putUnheld(index)
  }

  /// A number for the calling thread.
  @inline(__always)
  private var threadNumber: Int { Int(truncatingIfNeeded: vcompound_thread_number()) }

  /// Overwrites a page that goes back, as the engine does with what is freed.
  ///
  /// Not in a closed pool, where the page may be inaccessible, and the engine does it. Under the
  /// lock, so that the page does not become so meanwhile: only checked builds, and allocators that
  /// wipe what is freed, come here.
  @inline(never)
  private func scrub(_ index: UInt32) {
    if engine.sentinel.isInChild { return }
    ledger.withLock { ledger in
      if !ledger.isClosed { engine.scrub(at: address(index), byteCount) }
    }
  }

  // MARK: To the frames

  /// Frees a page that nobody holds, and its number.
  func discard(_ index: UInt32) { discard([index]) }

  /// Frees pages that nobody holds, and their numbers.
  func discard(_ numbers: [UInt32]) {
    guard !numbers.isEmpty else { return }
    var departing = Departing()
    ledger.withLock { ledger in
      for number in numbers { depart(number, &ledger, &departing) }
    }
    free(departing)
  }

  /// Pages on their way to the frames.
  struct Departing {
    var numbers: [UInt32] = []
    var places: [PackedPlace] = []
  }

  /// Takes a page that nobody holds out of the pool's books, but for its number.
  func depart(_ number: UInt32, _ ledger: inout PoolLedger, _ departing: inout Departing) {
    let place = places.load(Int(number))
    places.store(.none, at: Int(number))
    departing.numbers.append(number)
    if restore(number, place, &ledger) { departing.places.append(place) }
  }

  /// Frees pages that have departed, and then their numbers.
  ///
  /// The last access of whoever calls it: with the last page of a pool that is gone, the core goes.
  func free(_ departing: Departing) {
    engine.giveBulk(departing.places, order: order)
    let isLast = ledger.withLock { ledger in
      for number in departing.numbers { ledger.retire(number) }
      guard ledger.used == 0, ledger.isClosed else { return false }
      self.ledger.wakeAll()
      defer { ledger.isHeldByPages = false }
      return ledger.isHeldByPages
    }
    if isLast { unsafe Unmanaged.passUnretained(self).release() }
  }
}
