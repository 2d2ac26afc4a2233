// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// Pages on their way from one place to another are not missed by whoever asks meanwhile.
///
/// Every pair of threads here stays within the capacity together.
@Suite struct TransitTests {
  /// Runs functions in turn on threads of their own, until one is refused or time is up.
  private func race(
    _ allocator: CompoundAllocator, _ bodies: [@Sendable () throws -> Void]
  ) -> Refusals {
    let refusals = Refusals()
    let end = ContinuousClock.now + .seconds(2)
    onThreads(bodies.count) { index in
      while !refusals.any, ContinuousClock.now < end {
        refusals.noting("thread \(index)", allocator, bodies[index])
      }
    }
    return refusals
  }

  /// A pool that needs one page takes no more from threads that need all the others.
  @Test(arguments: [2, 256])
  func aPoolsRefillTakesNothingFromOthers(kept: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let limits = PagePool.Limits(out: 1000, kept: kept)
    let refusals = race(
      allocator,
      [
        {
          // A new pool has nothing, and takes what it has with it at its end.
          var pool = try PagePool(allocator: allocator, limits: limits)
          _ = try pool.take()
          _ = try pool.take()
        },
        { _ = try allocator.allocate(pageCount: 31) },
        { _ = try allocator.allocate(pageCount: 32) },
      ])
    refusals.expectNone("1, 31 and 32 of 64 pages")
  }

  /// The same with a pool that stays, and pages that come back through its rings.
  @Test func aPoolWhosePagesComeBackTakesNothingFromOthers() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let pool = DropBox(try PagePool(allocator: allocator, limits: .init(out: 1000, kept: 64)))
    let refusals = race(
      allocator,
      [
        {
          var pages: [DropBox<PooledPage>] = []
          for _ in 0..<8 {
            if let page = try pool.value?.take() { pages.append(DropBox(page)) }
          }
          // By dropping: through the rings, as if another thread let go of them.
          for page in pages { page.drop() }
        },
        { _ = try allocator.allocate(pageCount: 16) },
        { _ = try allocator.allocate(pageCount: 40) },
      ])
    refusals.expectNone("8, 16 and 40 of 64 pages")
  }

  /// A slab that cannot be cut, since no two free pages are neighbours, costs nobody a page.
  @Test func aSlabThatCannotBeCutTakesNothingFromOthers() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let account = Account(capacity: 32)
    let body = { @Sendable () throws in
      var blocks: [UnsafeMutableRawPointer] = []
      defer {
        for block in blocks {
          allocator.deallocate(block)
          account.release(1)
        }
      }
      while account.reserve(1) {
        do {
          blocks.append(try allocator.allocatePointer(byteCount: 3000))
        } catch {
          account.release(1)
          throw error
        }
      }
    }
    let refusals = race(allocator, [body, body, body])
    refusals.expectNone("one of 32 scattered pages for every object")
    allocator.deallocate(all: kept)
  }

  /// A buffer that grows by a page takes no more than that from others, even where it moves.
  @Test func growingTakesOnlyWhatIsNew() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let refusals = race(
      allocator,
      [
        {
          // Right behind the buffer is the other block, so that it has to move.
          var buffer = try allocator.allocate(pageCount: 20)
          try buffer.resize(toByteCount: PageCount(15).byteCount)
          let behind = try allocator.allocate(pageCount: 5)
          try buffer.resize(toByteCount: PageCount(16).byteCount)
          _ = behind.pageCount
        },
        { _ = try allocator.allocate(pageCount: 20) },
        { _ = try allocator.allocate(pageCount: 23) },
      ])
    refusals.expectNone("15 and 5, 1 for growing, 20 and 23 of 64 pages")
  }

  /// Objects that own pages are kept, given up by one thread, and asked for by others.
  @Test func objectsThatOwnPagesAreNotMissed() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let cache = try ObjectCache<PromiseRun.Owner>(allocator: allocator, kept: 4) { .init() }
    let ask = { @Sendable () throws in _ = try allocator.allocate(pageCount: 27) }
    let refusals = race(
      allocator, [{ try cache.useOnce(9, from: allocator) }, ask, ask])
    refusals.expectNone("10, 27 and 27 of 64 pages")
  }
}

/// A request waits for objects that are being unmade, whoever destroys them.
@Suite struct UnmakingTests {
  /// How long the object takes to be unmade.
  private static let microseconds: UInt32 = 200_000

  @Test(arguments: [true, false])
  func aRequestIsServedByObjectsThatAreBeingUnmade(byTrim: Bool) throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(16).byteCount)
    let (isUnmaking, isDone) = (Flag(), Flag())
    let cache = Lock<ObjectCache<PromiseRun.Owner>?>(
      try ObjectCache(
        allocator: allocator, kept: 4,
        destroy: { owner in
          isUnmaking.raise()
          usleep(Self.microseconds)
          _ = consume owner
        }, create: { .init() }))
    try cache.withLock { try $0?.useOnce(8, from: allocator) }
    // Nobody has the object now: its pages are the next request's.
    let crew = Crew(1) { _ in
      if byTrim { _ = try? allocator.trim() }
      cache.withLock { $0 = nil }
      isDone.raise()
    }
    while !isUnmaking.isRaised, !isDone.isRaised { usleep(100) }
    #expect(throws: Never.self) { _ = try allocator.allocate(pageCount: 16) }
    crew.join()
  }
}

/// Something that happens once.
final class Flag: Sendable {
  private let state = Atomic(false)
  var isRaised: Bool { state.load(ordering: .acquiring) }
  func raise() { state.store(true, ordering: .releasing) }
}
