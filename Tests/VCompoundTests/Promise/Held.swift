// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// How many pages of a pool are out: at least as many as the pool itself may count.
final class OutCount: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .acquiring) }
  func add(_ change: Int) { count.add(change, ordering: .acquiringAndReleasing) }
}

/// What a thread has, and the pages that are reserved for it.
struct Held: @unchecked Sendable {
  var thing: any Droppable
  var pages: Int
  /// Whether it has pages of its own, which growing adds to.
  var hasPages = false
  /// The pages of its pool that are out.
  var out: OutCount?

  /// Ends it, and only then lets go of the pages.
  func letGo(_ account: Account) {
    thing.drop()
    settle(account)
  }

  /// Lets go of the pages of what has ended.
  func settle(_ account: Account) {
    out?.add(-1)
    account.release(pages)
  }
}
