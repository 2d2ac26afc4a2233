// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension PoolCore: PageKeeper {
  package func stopKeeping() { unsafe control.pointee.gate.shut() }

  package func takeKept() {
    unsafe control.pointee.gate.waitForOwner()
    departKept()
  }

  package func resumeKeeping() {
    if engine.canReclaim { unsafe control.pointee.gate.open() }
  }

  package func freeTaken() -> Bool {
    var departing = Departing()
    ledger.withLock { ledger in swap(&departing, &ledger.departing) }
    guard !departing.numbers.isEmpty else { return false }
    free(departing)
    return true
  }

  /// Takes all pages out of the cache and the rings.
  ///
  /// For the consumer, or whoever has shut it out.
  func departKept() {
    ledger.withLock { ledger in
      let count = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
      var departing = Departing()
      for place in 0..<count { depart(storage.cache.load(place), &ledger, &departing) }
      unsafe control.pointee.cachedCount.store(0, ordering: .relaxed)
      _ = storage.takeFromRings(atMost: limit) { depart($0, &ledger, &departing) }
      ledger.departing.numbers += departing.numbers
      ledger.departing.places += departing.places
    }
  }

  /// The pages that are in the pool, as far as this thread can see.
  var keptCount: Int {
    let cached = unsafe control.pointee.cachedCount.load(ordering: .relaxed)
    return cached + storage.ringCount
  }
}
