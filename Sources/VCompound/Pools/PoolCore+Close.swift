// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A page that is out.
struct PoolPage {
  /// Its first byte.
  let address: UInt
  /// What was said when it was taken.
  let label: PackedText
  /// Where it was taken, in checked builds.
  let origin: PoolOrigin?
  /// Whether its address was made inaccessible.
  let isRevoked: Bool
}

extension PoolCore {
  /// Closes the pool: what it keeps is freed, and what is out goes to the frames as it comes back.
  ///
  /// For the consumer, once.
  func close() {
    let held = unsafe Unmanaged.passRetained(self)
    // In a child of fork the pool stays as it is, for ever.
    let isOver = door.enter(inChild: false) { heap in
      // What is kept is in transit from the moment on in which no request finds it any more.
      heap.pages.carrying {
        heap.reclaimers.remove(self)
        shut()
        extract()
        freeDeparting(heap)
      }
      // A thread that finds the rings closed gives its page to the frames.
      return ledger.withLock { $0.close() }
    }
    if isOver { unsafe held.release() }
  }

  /// Waits until all pages of a closed pool have come back, or for so long.
  func waitForPages(nanoseconds: Int) {
    door.enter(inChild: ()) { _ in
      _ = ledger.wait(for: emptied, nanoseconds: nanoseconds) { $0.present == 0 ? () : nil }
    }
  }

  /// The pages that are out; none in a child of fork.
  ///
  /// Exact where nobody takes pages or puts them back meanwhile. Else a page that is taken or put
  /// back just then may be in it, or not; one that is out all the time is, one that is kept is not.
  func out() -> [PoolPage] {
    door.enter(inChild: []) { _ in
      // Memory for the answer first: there is none to be asked for under the lock.
      let count = ledger.withLock { $0.numbers.count }
      var isKept = [Bool](repeating: false, count: count)
      var found: [PoolPage] = []
      found.reserveCapacity(count)
      func keep(_ number: UInt32) { if number < count { isKept[Int(number)] = true } }
      ledger.withLock { ledger in
        storage.look(keep)
        ledger.lookAtDeparting(keep)
        for number in 0..<count where !isKept[number] {
          let place = pages.places.load(number)
          guard !place.isNone else { continue }
          found.append(
            PoolPage(
              address: place.address, label: PackedText(word: pages.labels.load(number)),
              origin: CheckedBuild.isOn ? pages.origins.load(number) : nil,
              isRevoked: place.isMarked))
        }
      }
      return found
    }
  }

  /// Makes the addresses of all pages of a closed pool that are out inaccessible.
  ///
  /// They stay so until their holders let go: an address that showed the data of another holder
  /// would be worse than none.
  ///
  /// - Throws: `systemCall`, `usedAfterFork`; some may be inaccessible then.
  func revoke() throws(CompoundError) {
    try door.enter { (heap) throws(CompoundError) in
      try ledger.withLock { (ledger: inout PoolLedger) throws(CompoundError) in
        for number in ledger.numbers {
          let place = pages.places.load(number)
          if place.isNone || place.isMarked { continue }
          try heap.system.protect(
            at: place.address, byteCount: byteCount, isAccessible: false)
          pages.places.store(place.marked, at: number)
          ledger.revokedCount += 1
        }
      }
    }
  }

  /// Makes a page accessible again whose last holder has let go.
  ///
  /// - Returns: whether it can be freed. Where the kernel refuses, the heap tries again later:
  ///   the next owner of that address would fault.
  func restore(_ place: PackedPlace, _ ledger: inout PoolLedger, _ heap: Heap) -> Bool {
    guard ledger.revokedCount > 0, place.isMarked else { return true }
    ledger.revokedCount -= 1
    do throws(CompoundError) {
      try heap.system.protect(at: place.address, byteCount: byteCount, isAccessible: true)
      return true
    } catch {
      heap.reclaimers.add(inaccessible: place.unmarked, order)
      return false
    }
  }
}

extension PoolCore: Reclaimable {
  package func shut() {
    unsafe control.pointee.gate.shut()
    ledger.withLock { $0.isShut = true }
    storage.closeRings()
  }

  package func extract() {
    unsafe control.pointee.gate.waitForOwner()
    ledger.withLock { ledger in
      let count = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
      for place in 0..<count { ledger.depart(storage.cache.load(place)) }
      unsafe control.pointee.cachedCount.store(0, ordering: .relaxed)
      _ = storage.takeFromRings(atMost: limit) { ledger.depart($0) }
    }
  }

  package func open() {
    guard door.pass({ $0.policy.canReclaim }) else { return }
    // The gate first: a consumer that finds it shut may take it that the rings are being emptied.
    unsafe control.pointee.gate.open()
    ledger.withLock { ledger in
      ledger.isShut = false
      if ledger.opensRings { storage.openRings() }
    }
  }

  package func giveUp() { door.enter(inChild: ()) { freeDeparting($0) } }

  /// The pages that are in the pool, as far as this thread can see.
  var keptCount: Int {
    unsafe control.pointee.cachedCount.load(ordering: .relaxed) + storage.ringCount
  }
}
