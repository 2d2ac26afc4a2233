// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PoolCore {
  /// Closes the pool: what it keeps is freed, and what is out goes to the frames as it comes back.
  ///
  /// For the consumer, once.
  func close() {
    engine.removeKeeper(self)
    if engine.sentinel.isInChild { return }
    storage.closeRings()
    // Whoever finds the rings closed must find this too; whoever did before gives his page to the
    // frames all the same.
    ledger.withLock { $0.isClosed = true }
    departKept()
    _ = freeTaken()
    let held = unsafe Unmanaged.passRetained(self)
    let mustStay = ledger.withLock { ledger in
      ledger.isHeldByPages = ledger.used > 0
      return ledger.isHeldByPages
    }
    if !mustStay { unsafe held.release() }
  }

  /// Waits until all pages of a closed pool have come back, or for so long.
  ///
  /// - Returns: whether they have.
  func waitForPages(nanoseconds: Int) -> Bool {
    ledger.wait(nanoseconds: nanoseconds) { $0.used == 0 }
  }

  /// The pages of a closed pool that are out.
  func out() -> [PagePool.Holder] {
    ledger.withLock { ledger in
      ledger.numbers.compactMap { number in
        let place = places.load(number)
        if place.isNone { return nil }
        let holder = holders.load(number)
        return PagePool.Holder(
          address: place.address, byteCount: byteCount, label: holder.labelText,
          place: holder.place, isRevoked: ledger.revoked.contains(UInt32(number)))
      }
    }
  }

  /// Makes the addresses of all pages of a closed pool that are out inaccessible.
  ///
  /// They stay so until their holders let go: an address that showed somebody else's data would be
  /// worse than none.
  ///
  /// - Throws: `systemCall`; some may be inaccessible then.
  func revoke() throws(CompoundError) {
    try ledger.withLock { (ledger: inout PoolLedger) throws(CompoundError) in
      for number in ledger.numbers {
        let place = places.load(number)
        if place.isNone || ledger.revoked.contains(UInt32(number)) { continue }
        try engine.system.protect(
          at: place.address, byteCount: byteCount, isAccessible: false)
        ledger.revoked.insert(UInt32(number))
      }
    }
  }

  /// Makes a page accessible again whose last holder has let go.
  ///
  /// - Returns: whether it can be freed. Where the kernel refuses, the engine tries again later:
  ///   whoever got that address next would fault.
  func restore(_ number: UInt32, _ place: PackedPlace, _ ledger: inout PoolLedger) -> Bool {
    guard !ledger.revoked.isEmpty, ledger.revoked.remove(number) != nil else { return true }
    do throws(CompoundError) {
      try engine.system.protect(at: place.address, byteCount: byteCount, isAccessible: true)
      return true
    } catch {
      engine.freeWhenAccessible(place, order)
      return false
    }
  }
}
