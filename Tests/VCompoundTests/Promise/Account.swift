// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing
@testable import VCompound

/// A shared count of the pages that threads have reserved, never more than the capacity.
///
/// A thread reserves before it asks the allocator, and lets go after it has freed.
final class Account: Sendable {
  /// The pages that can be reserved.
  let capacity: Int
  private let reserved = Atomic(0)

  init(capacity: Int) { self.capacity = capacity }

  /// Reserves pages, all of them or none.
  func reserve(_ pages: Int) -> Bool { reserve(atLeast: pages, atMost: pages) == pages }

  /// Reserves as many pages as are left between two bounds; 0 where fewer than the lower one are.
  func reserve(atLeast least: Int, atMost most: Int) -> Int {
    var seen = reserved.load(ordering: .relaxed)
    while true {
      let taken = min(most, capacity - seen)
      guard taken >= least, taken > 0 else { return 0 }
      let (done, now) = reserved.weakCompareExchange(
        expected: seen, desired: seen + taken, ordering: .acquiringAndReleasing)
      if done { return taken }
      seen = now
    }
  }

  /// Lets go of pages that were reserved.
  func release(_ pages: Int) { reserved.subtract(pages, ordering: .acquiringAndReleasing) }
}

/// The refusals that threads have met, each with what was asked and what the allocator says.
final class Refusals: Sendable {
  private let texts = Lock<[String]>([])
  private let isAny = Atomic(false)

  /// Whether there is one, so that the others may stop.
  var any: Bool { isAny.load(ordering: .relaxed) }

  /// All of them.
  var all: [String] { texts.withLock { $0 } }

  /// Notes a refusal.
  func note(_ error: any Error, of what: String, _ allocator: CompoundAllocator) {
    note("\(what): \(error); \(allocator.statistics)")
  }

  /// Notes anything else that must not happen.
  func note(_ text: String) {
    isAny.store(true, ordering: .relaxed)
    texts.withLock { $0.append(text) }
  }

  /// Runs a function, and notes what it throws.
  func noting(
    _ what: String, _ allocator: CompoundAllocator, _ body: () throws -> Void
  ) {
    do { try body() } catch { note(error, of: what, allocator) }
  }

  /// Records the first refusals as failures of the test, with the context that repeats them.
  func expectNone(_ context: String, at location: SourceLocation = #_sourceLocation) {
    let all = all
    for text in all.prefix(3) { Issue.record("\(context): \(text)", sourceLocation: location) }
    if all.count > 3 { Issue.record("\(all.count) refusals", sourceLocation: location) }
  }
}
