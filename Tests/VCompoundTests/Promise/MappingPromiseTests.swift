// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Mappings that nobody uses are won back before anybody is refused for want of them.
@Suite struct MappingPromiseTests {
  /// Threads that ask in vain, and only while they may.
  private final class Askers: Sendable {
    private let mayAsk = Atomic(false)
    private let asking = Atomic(0)
    private let isOver = Flag()

    /// Asks until it is over.
    func run(_ ask: () -> Void) {
      while !isOver.isRaised {
        guard mayAsk.load(ordering: .sequentiallyConsistent) else {
          OperatingSystem.yieldProcessor()
          continue
        }
        asking.add(1, ordering: .sequentiallyConsistent)
        if mayAsk.load(ordering: .sequentiallyConsistent) { ask() }
        asking.subtract(1, ordering: .sequentiallyConsistent)
      }
    }

    func start() { mayAsk.store(true, ordering: .sequentiallyConsistent) }

    /// Has all of them pause, and waits until they do.
    func pause() {
      mayAsk.store(false, ordering: .sequentiallyConsistent)
      while asking.load(ordering: .sequentiallyConsistent) > 0 { OperatingSystem.yieldProcessor() }
    }

    func end() { isOver.raise() }
  }

  /// A thread that looks in vain whether a retired window can be used again keeps its mappings from
  /// nobody.
  @Test func aWindowThatIsLookedAtHoldsNoMappings() throws {
    let pages = PageCount(24)
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mappingLimit = pages.rawValue + 2
    configuration.keptMappings = 1000
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    // As many scattered pages are free: a block of all of them is one mapping more.
    let kept = try allocator.fragment { $0 < 2 * pages.rawValue && $0 % 2 == 0 }
    let refusals = Refusals()
    let askers = Askers()
    let crew = Crew(2) { _ in
      // One page less is free at most: always refused, and rightly.
      askers.run { _ = try? allocator.allocate(pageCount: pages) }
    }
    var random = SeededGenerator(seed: 1)
    let end = ContinuousClock.now + .seconds(4)
    while !refusals.any, ContinuousClock.now < end {
      refusals.noting("a block of all free pages", allocator) {
        // A retired window, one page of which is in use again.
        _ = try allocator.allocate(pageCount: pages)
        let page = try allocator.allocate(pageCount: 1)
        askers.start()
        defer { askers.pause() }
        let end = ContinuousClock.now + .microseconds(Int.random(in: 0..<100, using: &random))
        while ContinuousClock.now < end {}
        _ = try allocator.allocate(pageCount: pages - 1)
        _ = page.pageCount
      }
    }
    askers.end()
    crew.join()
    refusals.expectNone("\(pages) of \(pages.rawValue + 2) mappings")
    allocator.deallocate(all: kept)
  }
}
