// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Objects that are made once and used again.
@Suite struct ObjectCacheTests {
  /// Something that must not be copied.
  struct Parser: ~Copyable {
    var lines = 0
    var text: [UInt8] = Array(repeating: 7, count: 100)
  }

  @Test func anObjectIsMadeOnceAndServesAgain() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let unmade = Counter()
    do {
      let cache = try ObjectCache<Parser>(
        allocator: allocator, kept: 8, destroy: { parser in unmade.add(parser.lines) },
        create: { Parser() })
      for round in 0..<100 {
        var parser = try cache.take()
        let lines = parser.withObject { parser in
          parser.lines += 1
          return parser.lines
        }
        #expect(lines == round + 1)
      }
      #expect(cache.statistics.created == 1)
      #expect(cache.statistics.kept == 1)
      #expect(unmade.value == 0)
    }
    #expect(unmade.value == 100)
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func noMoreAreKeptThanAllowed() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try ObjectCache<Parser>(allocator: allocator, kept: 2) { Parser() }
    var held: [Box<Parser>] = []
    for _ in 0..<3 { held.append(Box(try cache.take())) }
    #expect(cache.statistics.out == 3)
    held = []
    let statistics = cache.statistics
    #expect(statistics.created == 3)
    #expect(statistics.destroyed == 1)
    #expect(statistics.kept == 2)
    #expect(statistics.out == 0)
  }

  @Test func whatIsKeptIsGivenUpBeforeARequestIsRefused() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let cache = try ObjectCache<InlineArray<2048, UInt8>>(allocator: allocator, kept: 100) {
      InlineArray(repeating: 1)
    }
    var held: [Box<InlineArray<2048, UInt8>>] = []
    for _ in 0..<40 { held.append(Box(try cache.take())) }
    held = []
    #expect(cache.statistics.kept == 40)
    let all = try allocator.allocate(pageCount: 64)
    #expect(cache.statistics.kept == 0)
    #expect(cache.statistics.destroyed == 40)
    #expect(throws: CompoundError.self) { _ = try cache.take() }
    let pages = all.pageCount
    #expect(pages == 64)
  }

  @Test func anObjectOutlivesItsCache() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let unmade = Counter()
    var held: [Box<Parser>] = []
    do {
      let cache = try ObjectCache<Parser>(
        allocator: allocator, kept: 8, destroy: { _ in unmade.add(1) }, create: { Parser() })
      held.append(Box(try cache.take()))
    }
    #expect(unmade.value == 0)
    held = []
    #expect(unmade.value == 1)
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func aTypeTooLargeForTheArenaIsRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.page)
    #expect(throws: CompoundError.invalidSize(8192, capacity: 4096)) {
      _ = try ObjectCache<InlineArray<8192, UInt8>>(allocator: allocator, kept: 1) {
        InlineArray(repeating: 0)
      }
    }
  }
}

/// The thread sanitizer runs these.
@Suite struct ObjectCacheThreadTests {
  /// With magazines and without, and beside requests that empty them.
  @Test(arguments: [3, 16, 400])
  func threadsShareACache(kept: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let unmade = Counter()
    do {
      let cache = try ObjectCache<ObjectCacheTests.Parser>(
        allocator: allocator, kept: kept, destroy: { parser in unmade.add(parser.lines) },
        create: { ObjectCacheTests.Parser() })
      onThreads(4) { thread in
        for round in 0..<2_000 {
          guard var parser = try? cache.take() else { continue }
          parser.withObject { $0.lines += 1 }
          if thread == 0, round % 100 == 0 { allocator.drain() }
        }
      }
      #expect(cache.statistics.out == 0)
      #expect(cache.statistics.kept <= kept)
    }
    #expect(unmade.value == 8_000)
    #expect(allocator.statistics.liveBlocks == 0)
  }
}

/// Objects that threads keep for themselves.
@Suite struct ObjectCacheShelfTests {
  private typealias Parser = ObjectCacheTests.Parser

  private func open(
    _ allocator: CompoundAllocator, kept: Int = 80, _ unmade: Counter = Counter()
  ) throws -> ObjectCache<Parser> {
    try ObjectCache<Parser>(
      allocator: allocator, kept: kept, destroy: { _ in unmade.add(1) }, create: { Parser() })
  }

  /// Takes so many at once, and lets go of them.
  private func use(_ number: Int, of cache: ObjectCache<Parser>) throws {
    var held: [Box<Parser>] = []
    for _ in 0..<number { held.append(Box(try cache.take())) }
  }

  private func shelved(_ allocator: CompoundAllocator) -> Int {
    let heap = allocator.heapForTests
    return heap.threads.withAll { forEach in
      var count = 0
      forEach { cache in
        let magazines = ObjectMagazines(of: cache)
        for kind in ObjectMagazines.classCount..<ObjectMagazines.count {
          count += magazines[kind].count
        }
      }
      return count
    }
  }

  @Test func aThreadKeepsAnEighth() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let unmade = Counter()
    let cache = try open(allocator, unmade)
    try use(200, of: cache)
    #expect(cache.statistics.created == 200)
    // Of 80 the magazine has room for ten, and whatever it has not is in the table.
    #expect((1...10).contains(shelved(allocator)))
    #expect((70...80).contains(cache.statistics.kept))
    #expect(unmade.value == 200 - cache.statistics.kept)
    // What is kept serves, wherever it is.
    let kept = cache.statistics.kept
    try use(kept, of: cache)
    #expect(cache.statistics.created == 200)
  }

  /// Where as many are kept as may be, a thread's magazine gets its room with objects of the table.
  @Test func aThreadThatComesLateKeepsSomeToo() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try open(allocator)
    try use(200, of: cache)
    let before = shelved(allocator)
    #expect(cache.statistics.kept == 80)
    onThreads(1) { _ in
      try? use(3, of: cache)
      #expect(shelved(allocator) >= before + 5)
    }
    #expect(cache.statistics.kept == 80)
    #expect(cache.statistics.created == 200)
  }

  /// The thread's magazines are found again after it was at those of another allocator.
  @Test func betweenTwoAllocatorsNothingIsMadeAnew() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let other = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try open(allocator)
    try use(20, of: cache)
    for _ in 0..<50 {
      _ = try other.allocate(byteCount: 100).byteCount
      try use(1, of: cache)
    }
    #expect(cache.statistics.created == 20)
  }

  /// Threads that only take and threads that only put meet at the table.
  @Test func magazinesLeaveHalfToTheTable() throws {
    let system = OperatingSystem()
    var counts = ObjectCacheCounts()
    counts.limit = 80
    counts.kept = 80
    for thread in 0..<8 {
      let cache = try ThreadCache.map(
        limits: MagazineLimits(capacity: 1), heapNumber: .max, home: CacheHome(heap: 0) { _, _ in },
        system: system)
      defer { ThreadCache.unmap(cache, system: system) }
      let magazine = ObjectMagazines(of: cache)[ObjectMagazines.classCount]
      let moved = counts.grant(magazine)
      counts.kept -= moved
      #expect(moved == (thread < 4 ? 10 : 0))
      #expect(magazine.capacity == (thread < 4 ? 10 : 0))
      #expect(counts.granted == min(4, thread + 1) * 10)
      #expect(counts.kept + counts.granted == 80)
    }
  }

  @Test func whatAThreadKeptServesOthersWhenItEnds() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try open(allocator)
    onThreads(1) { _ in
      try? use(5, of: cache)
      #expect(shelved(allocator) == 5)
    }
    #expect(shelved(allocator) == 0)
    #expect(cache.statistics.kept == 5)
    try use(5, of: cache)
    #expect(cache.statistics.created == 5)
  }

  @Test func aRequestInNeedFindsThem() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let cache = try ObjectCache<InlineArray<4000, UInt8>>(allocator: allocator, kept: 64) {
      InlineArray(repeating: 1)
    }
    do {
      var held: [Box<InlineArray<4000, UInt8>>] = []
      for _ in 0..<8 { held.append(Box(try cache.take())) }
    }
    #expect(shelved(allocator) == 8)
    let all = try allocator.allocate(pageCount: 64).pageCount
    #expect(all == 64)
    #expect(cache.statistics.destroyed == 8)
    #expect(shelved(allocator) == 0)
  }

  @Test func magazinesOfOneThatIsGoneServeTheNext() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for _ in 0..<3 * ObjectMagazines.shelfCount {
      let unmade = Counter()
      var late: [Box<Parser>] = []
      do {
        let cache = try open(allocator, unmade)
        late.append(Box(try cache.take()))
        try use(5, of: cache)
        #expect(shelved(allocator) == 5)
      }
      #expect(shelved(allocator) == 0)
      // Another one has its magazines now.
      let next = try open(allocator)
      try use(1, of: next)
      late = []
      #expect(unmade.value == 6)
      #expect(next.statistics.kept == 1)
    }
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func moreCachesThanMagazinesKeepAll() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var caches: [ObjectCache<Parser>] = []
    for _ in 0...ObjectMagazines.shelfCount { caches.append(try open(allocator)) }
    for cache in caches {
      try use(3, of: cache)
      #expect(cache.statistics.kept == 3)
      try use(3, of: cache)
      #expect(cache.statistics.created == 3)
    }
    #expect(shelved(allocator) == 3 * ObjectMagazines.shelfCount)
  }
}

private final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add(_ amount: Int) { count.add(amount, ordering: .relaxed) }
}

/// Holds an object in an array.
private final class Box<Object: ~Copyable & Sendable> {
  var object: CachedObject<Object>?
  init(_ object: consuming CachedObject<Object>) { self.object = consume object }
}
