// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// Functions of the caller's that the allocator runs may use the allocator.
///
/// In processes of their own, which an alarm ends: a deadlock is a failure, not a wait.
@Suite struct CallbackTests {
  /// A `destroy` that asks for more than is free is refused at once; who waits for it is served.
  @Test func unmakeMayAskForMoreThanIsFree() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let world = try KeptWorld { allocator, answers in
        answers.note { _ = try allocator.allocate(pageCount: 40) }
      }
      // Three quarters of the arena are kept.
      let whole = try world.allocator.allocate(pageCount: 64)
      let pages = whole.pageCount
      #expect(pages == 64)
      #expect(world.cache.statistics.kept == 0)
      let refusals = world.answers.all
      #expect(refusals.count == 6)
      for refusal in refusals {
        if case .outOfMemory(40, _, _, .capacity)? = refusal { continue }
        #expect(refusal == nil)
      }
      // 16 pages are free then, and the others on their way.
      #expect(refusals.first != .some(nil))
    }
  }

  /// A `destroy` may ask for what is free.
  @Test func unmakeMayAskForWhatIsFree() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let world = try KeptWorld { allocator, answers in
        answers.note {
          let buffer = try allocator.allocate(pageCount: 3)
          let object = try allocator.allocate(byteCount: 100)
          _ = (buffer.byteCount, object.byteCount)
        }
      }
      _ = try world.allocator.allocate(pageCount: 64)
      #expect(world.answers.all == Array(repeating: nil, count: 6))
    }
  }

  @Test func unmakeMayTrim() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let world = try KeptWorld { allocator, answers in
        answers.note { _ = try allocator.trim() }
      }
      _ = try world.allocator.allocate(pageCount: 64)
      #expect(world.answers.all == Array(repeating: nil, count: 6))
      try world.allocator.trim()
      #expect(world.allocator.statistics.resident == 0)
    }
  }

  /// A `destroy` may free blocks and drop buffers that others have allocated.
  @Test func unmakeMayFreeAnything() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let others = Lock<[any Droppable & Sendable]>([])
      let world = try KeptWorld { _, answers in
        answers.note {
          others.withLock { $0.popLast() }?.drop()
        }
      }
      for number in 0..<6 {
        let thing: any Droppable & Sendable =
          number % 2 == 0
          ? DropBox(try world.allocator.allocate(pageCount: 2))
          : try PointerBox(world.allocator, 4096, isPages: true)
        others.withLock { $0.append(thing) }
      }
      _ = try world.allocator.allocate(pageCount: 64)
      #expect(world.answers.all == Array(repeating: nil, count: 6))
    }
  }

  /// A `destroy` may use its own cache.
  @Test func unmakeMayTakeFromItsCache() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let cache = Lock<ObjectCache<PromiseRun.Owner>?>(nil)
      let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
      let unmade = Atomic(0)
      let made = try ObjectCache<PromiseRun.Owner>(
        allocator: allocator, kept: 0,
        destroy: { _ in
          guard unmade.add(1, ordering: .relaxed).newValue < 10 else { return }
          let cache = cache.withLock { $0 }
          _ = try? cache?.take()
        }, create: { .init() })
      cache.withLock { $0 = made }
      _ = try made.take()
      #expect(unmade.load(ordering: .relaxed) == 10)
      cache.withLock { $0 = nil }
    }
  }

  /// A `create` asks as any other function does: what caches keep is given up for it.
  @Test func makeMayAskForAnything() async {
    await #expect(processExitsWith: .success) {
      alarm(20)
      let world = try KeptWorld { _, _ in }
      let (allocator, answers) = (world.allocator, Answers())
      let cache = try ObjectCache<PromiseRun.Owner>(allocator: allocator, kept: 0) {
        var owner = PromiseRun.Owner()
        // 48 pages are kept elsewhere, and one is the object's own.
        answers.note { owner.buffer = try allocator.allocate(pageCount: 8) }
        answers.note { _ = try allocator.allocate(pageCount: 30) }
        answers.note { _ = try allocator.trim() }
        answers.note { _ = try allocator.allocate(pageCount: 60) }
        return owner
      }
      _ = try cache.take()
      let all = answers.all
      #expect(all.count == 4)
      #expect(all[0] == nil && all[1] == nil && all[2] == nil)
      guard case .outOfMemory(60, _, _, .capacity)? = all[3] else {
        Issue.record("\(all)")
        return
      }
      #expect(world.cache.statistics.kept == 0)
    }
  }

  /// Threads whose requests destroy objects, whose unmaking asks, never wait for each other.
  @Test func threadsWhoseUnmakingAsksDoNotWaitForEachOther() async {
    await #expect(processExitsWith: .success) {
      alarm(40)
      let world = try KeptWorld { allocator, answers in
        answers.note { _ = try allocator.allocate(pageCount: 20) }
      }
      let (allocator, cache) = (world.allocator, world.cache)
      onThreads(3) { index in
        for round in 0..<300 {
          switch (round + index) % 3 {
          case 0: _ = try? allocator.allocate(pageCount: 40)
          case 1: _ = try? allocator.trim()
          default:
            guard var object = try? cache.take() else { continue }
            try? object.fill(7, from: allocator)
          }
        }
      }
      _ = try allocator.allocate(pageCount: 64)
      #expect(cache.statistics.out == 0)
    }
  }
}

/// What calls in a function of the caller's have come to: an error, or nil for success.
private final class Answers: Sendable {
  private let answers = Lock<[CompoundError?]>([])
  var all: [CompoundError?] { answers.withLock { $0 } }

  func note(_ body: () throws -> Void) {
    var answer: CompoundError?
    do {
      try body()
    } catch {
      answer = error as? CompoundError
      if answer == nil { Issue.record(error) }
    }
    answers.withLock { [answer] in $0.append(answer) }
  }
}

/// An arena of 64 pages, 48 of which belong to six objects that a cache keeps.
private struct KeptWorld {
  let allocator: CompoundAllocator
  let cache: ObjectCache<PromiseRun.Owner>
  let answers = Answers()

  /// Opens the arena, and fills the cache.
  ///
  /// - Parameter destroy: what is done, beside ending the object, as each one is unmade.
  /// - Throws: what the allocator throws.
  init(destroy: @escaping @Sendable (CompoundAllocator, Answers) -> Void) throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let answers = answers
    self.allocator = allocator
    cache = try ObjectCache(
      allocator: allocator, kept: 6,
      destroy: { owner in
        destroy(allocator, answers)
        _ = consume owner
      }, create: { .init() })
    var objects: [DropBox<CachedObject<PromiseRun.Owner>>] = []
    for number in 0..<6 {
      var object = try cache.take()
      // The objects themselves share a page.
      let pages = number == 0 ? 7 : 8
      try object.fill(pages, from: allocator)
      objects.append(DropBox(object))
    }
  }
}
