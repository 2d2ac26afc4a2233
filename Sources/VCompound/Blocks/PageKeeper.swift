// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Somebody above the engine who keeps free pages for later, and gives them up when asked: nothing
/// hides from a request.
///
/// The engine asks in the order of the functions, with a barrier on all threads between the first
/// two. The first three are called under its `caches` lock, so they must not call the engine.
package protocol PageKeeper: AnyObject, Sendable {
  /// Shuts whoever uses the pages out.
  func stopKeeping()

  /// Takes all pages out of his sight.
  func takeKept()

  /// Lets him take and keep pages again.
  func resumeKeeping()

  /// Gives the pages that were taken to the engine.
  ///
  /// - Returns: whether there were any.
  func freeTaken() -> Bool
}

extension Engine {
  /// Notes a keeper, who must take himself off before he goes.
  func addKeeper(_ keeper: any PageKeeper) {
    caches.withLock { $0.keepers.append(keeper) }
  }

  /// Forgets a keeper: he is not stopped any more when this returns.
  func removeKeeper(_ keeper: any PageKeeper) {
    caches.withLock { caches in caches.keepers.removeAll { $0 === keeper } }
  }

  /// Has all keepers give up what they keep.
  ///
  /// - Returns: whether that was anything.
  @discardableResult
  func giveUpKept() -> Bool {
    let keepers = caches.withLock { caches -> [any PageKeeper] in
      guard !caches.keepers.isEmpty else { return [] }
      for keeper in caches.keepers { keeper.stopKeeping() }
      system.barrierOrPause()
      for keeper in caches.keepers {
        keeper.takeKept()
        keeper.resumeKeeping()
      }
      return caches.keepers
    }
    let isRestored = freeAccessible()
    return keepers.reduce(isRestored) { $1.freeTaken() || $0 }
  }

  /// Keeps a block out of use whose address the kernel would not make accessible again.
  func freeWhenAccessible(_ place: PackedPlace, _ order: Order) {
    inaccessible.withLock { $0.append((place, order)) }
  }

  /// Frees those blocks whose addresses the kernel makes accessible now.
  ///
  /// - Returns: whether there were any.
  private func freeAccessible() -> Bool {
    let blocks = inaccessible.withLock { blocks in
      defer { blocks = [] }
      return blocks
    }
    var isAny = false
    for (place, order) in blocks {
      do throws(CompoundError) {
        try system.protect(
          at: place.address, byteCount: order.pageCount.byteCount, isAccessible: true)
        giveBulk([place], order: order)
        isAny = true
      } catch {
        freeWhenAccessible(place, order)
      }
    }
    return isAny
  }
}
