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
    guard pages.counts.load(Int(index)) == 1 else { return putBack(index) }
    if isScrubbing { scrub(index) }
    if keep(index) {
      unsafe control.pointee.cached.add(1)
    } else {
      door.enter(inChild: ()) { recycleSlowly(index, $0) }
    }
  }

  /// Puts a page into a ring because the cache is full; where the rings are too, makes room in the
  /// cache by giving a batch to the frames.
  @inline(never)
  private func recycleSlowly(_ index: UInt32, _ heap: Heap) {
    unsafe control.pointee.cacheFull.add(1)
    if storage.putIntoRing(index, thread: threadNumber) { return }
    ringFull.add(1, ordering: .relaxed)
    if unsafe control.pointee.gate.enter() {
      let kept = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
      let count = min(Self.batch, (kept + 1) / 2)
      // The coldest, at the bottom, go; the rest moves down. Under the lock, as `look` is.
      ledger.withLock { ledger in
        for place in 0..<count { ledger.depart(storage.cache.load(place)) }
        for place in count..<max(count, kept) {
          storage.cache.store(storage.cache.load(place), at: place - count)
        }
        unsafe control.pointee.cachedCount.store(kept - count, ordering: .releasing)
      }
    }
    unsafe control.pointee.gate.leave()
    if !keep(index) { ledger.withLock { $0.depart(index) } }
    freeDeparting(heap)
  }

  /// Puts pages back that the consumer has, and that nobody else has; their counts are 1.
  func recycle(_ numbers: Span<UInt32>) {
    if isScrubbing { for place in 0..<numbers.count { scrub(numbers[place]) } }
    var kept = 0
    if unsafe control.pointee.gate.enter() {
      let before = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
      kept = min(numbers.count, storage.cacheCapacity - before)
      for place in 0..<kept { storage.cache.store(numbers[place], at: before + place) }
      unsafe control.pointee.cachedCount.store(before + kept, ordering: .releasing)
      unsafe control.pointee.cached.add(kept)
    }
    unsafe control.pointee.gate.leave()
    guard kept < numbers.count else { return }
    unsafe control.pointee.cacheFull.add(1)
    putUnheld(numbers, from: kept)
  }

  // MARK: All threads

  /// Lets go of a page on behalf of its owner, on any thread.
  ///
  /// A page that readers hold goes back with the last of them.
  @inline(__always)
  func putBack(_ index: UInt32) {
    if letGoAsOwner(index) { putUnheld(index) }
  }

  /// Lets go of a page on behalf of its owner.
  ///
  /// - Returns: whether nobody has it now; then its count is 1. Else the caller touches nothing of
  ///   the pool any more.
  @inline(__always)
  func letGoAsOwner(_ index: UInt32) -> Bool {
    if pages.counts.load(Int(index)) == 1 { return true }
    guard pages.counts.lower(Int(index)) == 0 else { return false }
    pages.counts.store(1, at: Int(index))
    return true
  }

  /// Lets go of a page on behalf of a reader.
  ///
  /// - Returns: whether nobody has it now; as `letGoAsOwner`.
  func letGoAsReader(_ index: UInt32) -> Bool {
    guard pages.counts.lower(Int(index)) == 0 else { return false }
    pages.counts.store(1, at: Int(index))
    lastReader.add(1, ordering: .relaxed)
    return true
  }

  /// Lets go of a page on behalf of a reader, on any thread; the last holder puts it back.
  func letGo(_ index: UInt32) {
    if letGoAsReader(index) { putUnheld(index) }
  }

  /// Lets go of a fragment; with the last one of a page that has been cut up, the page goes back.
  func letGoOfFragment(_ index: UInt32) {
    guard pages.counts.lower(Int(index)) == 0 else { return }
    pages.counts.store(1, at: Int(index))
    putUnheld(index)
  }

  /// Puts a page back that has no holder, whose count is 1.
  @inline(__always)
  func putUnheld(_ index: UInt32) {
    if isScrubbing { scrub(index) }
    if !storage.putIntoRing(index, thread: threadNumber) { putUnheldSlowly(index) }
  }

  /// Hands a page to the consumer that waits for one, or frees it.
  @inline(never)
  private func putUnheldSlowly(_ index: UInt32) {
    door.enter(inChild: ()) { heap in
      if !handOver(index) { freeDeparting(heap, isVisitor: true) }
    }
  }

  /// Puts pages back that have no holders, whose counts are 1.
  func putBack(_ numbers: Span<UInt32>) {
    if isScrubbing { for place in 0..<numbers.count { scrub(numbers[place]) } }
    putUnheld(numbers, from: 0)
  }

  private func putUnheld(_ numbers: Span<UInt32>, from first: Int) {
    let end = storage.putIntoRings(numbers, from: first, thread: threadNumber)
    if end < numbers.count { putUnheldSlowly(numbers, from: end) }
  }

  @inline(never)
  private func putUnheldSlowly(_ numbers: Span<UInt32>, from first: Int) {
    let next = first + 1
    door.enter(inChild: ()) { heap in
      let isHanded = handOver(numbers[first]) { ledger in
        for place in next..<numbers.count { ledger.depart(numbers[place]) }
        return numbers.count - next
      }
      if !isHanded {
        freeDeparting(heap, isVisitor: true)
      } else if next < numbers.count {
        // The rings are open again, or soon will be.
        putUnheld(numbers, from: next)
      }
    }
  }

  /// A number for the calling thread.
  @inline(__always)
  private var threadNumber: Int { Int(truncatingIfNeeded: vcompound_thread_number()) }

  @inline(__always)
  private var isScrubbing: Bool { door.pass { $0.policy.scrubs } }

  /// Overwrites a page that goes back, as the heap does with what is freed.
  ///
  /// Not in a closed pool, where the page may be inaccessible, and the heap does it. Under the
  /// lock, so that the page does not become so meanwhile: only checked builds, and allocators that
  /// wipe what is freed, come here.
  @inline(never)
  private func scrub(_ index: UInt32) {
    door.enter(inChild: ()) { heap in
      ledger.withLock { ledger in
        if !ledger.isClosed { heap.scrub(at: address(index), byteCount) }
      }
    }
  }

  // MARK: To the frames

  /// Frees the pages that are leaving.
  ///
  /// The last access of the caller: the pool may end with its last page.
  func freeDeparting(_ heap: Heap, isVisitor: Bool = false) {
    let freed = heap.pages.carrying { giveBatches(heap) }
    let isLast = ledger.withLock { ledger in
      let isLast = ledger.leave(freed, isVisitor: isVisitor)
      if ledger.present == 0 { emptied.signal() }
      return isLast
    }
    if isLast { unsafe Unmanaged.passUnretained(self).release() }
  }

  /// Frees the pages that are leaving, a batch at a time.
  ///
  /// - Returns: how many there were.
  private func giveBatches(_ heap: Heap) -> Int {
    var total = 0
    while true {
      var numbers = InlineArray<64, UInt32>(repeating: 0)
      var places = InlineArray<64, PackedPlace>(repeating: .none)
      var count = 0
      ledger.withLock { ledger in
        while count < Self.batch, let number = ledger.nextDeparting() {
          numbers[count] = number
          places[count] = takePlace(number, &ledger, heap)
          count += 1
        }
      }
      guard count > 0 else { return total }
      unsafe withUnsafeMutablePointer(to: &places) { places in
        let start = unsafe UnsafeMutableRawPointer(places).assumingMemoryBound(to: PackedPlace.self)
        heap.giveBulk(unsafe SharedTable(base: start, count: count), count: count, order: order)
      }
      ledger.withLock { ledger in
        for index in 0..<count { ledger.retire(numbers[index]) }
      }
      total += count
    }
  }

  /// Takes the place of a page that leaves out of the table.
  ///
  /// - Returns: the place; none where the kernel would not make its address accessible again.
  private func takePlace(
    _ number: UInt32, _ ledger: inout PoolLedger, _ heap: Heap
  ) -> PackedPlace {
    let place = pages.places.load(Int(number))
    pages.places.store(.none, at: Int(number))
    return restore(place, &ledger, heap) ? place.unmarked : .none
  }
}
