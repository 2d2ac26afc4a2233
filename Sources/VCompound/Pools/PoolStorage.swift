// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What the consumer of a page pool uses on its fast path, and the counts of what it did.
struct PoolControl: ~Copyable {
  /// Shut while another thread empties the cache and the rings.
  let gate = OwnerGate()
  /// The pages in the cache.
  let cachedCount = Atomic<Int>(0)
  // Written by the consumer only.
  let fast = Atomic<Int>(0)
  let slow = Atomic<Int>(0)
  let slowHighOrder = Atomic<Int>(0)
  let empty = Atomic<Int>(0)
  let refill = Atomic<Int>(0)
  let cached = Atomic<Int>(0)
  let cacheFull = Atomic<Int>(0)
}

/// Owns the memory of a pool's private cache and of its rings.
///
/// On pages of its own that children of fork find wiped: a gate that is shut, and closed rings.
///
/// Invariant: `control` and the shards are initialized while the value lives.
@safe
struct PoolStorage: ~Copyable, @unchecked Sendable {
  private let mapping: Mapping
  let control: UnsafeMutablePointer<PoolControl>
  /// The pages in the cache, by number, the last one on top.
  let cache: SharedNumbers
  let cacheCapacity: Int
  private let shards: UnsafeMutablePointer<ReturnShard>
  let shardCount: Int

  /// The kernel's `PP_ALLOC_CACHE_SIZE`: twice a batch, so that a full cache can give one up and
  /// still serve.
  private static let largestCache = 128

  /// Rings for as many threads that return pages at once; a power of two.
  private static let mostShards = 8

  /// Fewer pages in a ring make no ring of their own.
  private static let leastInShard = 8

  /// Maps the storage.
  ///
  /// - Parameters:
  ///   - kept: the most pages in cache and rings together.
  ///   - system: what to call.
  /// - Throws: `systemCall`.
  init(kept: Int, system: OperatingSystem) throws(CompoundError) {
    // Half of a small pool serves the consumer, the other half the threads that return pages.
    let cacheCapacity = min(Self.largestCache, (kept + 1) / 2)
    let inRings = kept - cacheCapacity
    var shardCount = inRings > 0 ? 1 : 0
    while shardCount > 0, shardCount < Self.mostShards,
      inRings / (2 * shardCount) >= Self.leastInShard
    { shardCount *= 2 }

    let stride = MemoryLayout<ReturnShard>.stride
    let cacheOffset = 1024
    let shardOffset = 2 * ByteCount.page.rawValue
    let slotOffset = shardOffset + (shardCount * stride + 255) & ~255
    precondition(MemoryLayout<PoolControl>.size <= cacheOffset)
    let byteCount = PageCount(covering: ByteCount(slotOffset + inRings * 4)).byteCount
    let address = try system.mapTable(byteCount: byteCount)
    let mapping = Mapping(adopting: address, byteCount: byteCount, system: system)
    try system.wipeOnFork(at: address, byteCount: byteCount)
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      stop("the kernel mapped a pool at address 0")
    }
    let control = unsafe start.bindMemory(to: PoolControl.self, capacity: 1)
    unsafe control.initialize(to: PoolControl())
    let cache = unsafe (start + cacheOffset).bindMemory(
      to: Atomic<UInt32>.self, capacity: cacheCapacity)
    let slots = unsafe (start + slotOffset).bindMemory(
      to: Atomic<UInt32>.self, capacity: inRings)
    let table = unsafe SharedNumbers(base: slots, count: inRings)
    let shards = unsafe (start + shardOffset).bindMemory(
      to: ReturnShard.self, capacity: shardCount)
    for index in 0..<shardCount {
      let first = inRings * index / shardCount
      let end = inRings * (index + 1) / shardCount
      unsafe (shards + index).initialize(
        to: ReturnShard(slots: table, first: first, capacity: end - first))
    }
    unsafe self.control = unsafe control
    unsafe self.cache = SharedNumbers(base: cache, count: cacheCapacity)
    self.cacheCapacity = cacheCapacity
    unsafe self.shards = unsafe shards
    self.shardCount = shardCount
    self.mapping = mapping
  }

  deinit {
    unsafe control.deinitialize(count: 1)
    unsafe shards.deinitialize(count: shardCount)
  }

  /// Puts a page into the first ring, from a thread's own on, that takes it.
  ///
  /// - Returns: whether one did.
  @inline(__always)
  func putIntoRing(_ index: UInt32, thread: Int) -> Bool {
    for step in 0..<shardCount {
      if unsafe shards[(thread &+ step) & (shardCount - 1)].put(index) { return true }
    }
    return false
  }

  /// Puts pages into rings, from a thread's own on, as many as these take.
  ///
  /// - Parameters:
  ///   - numbers: where the pages are.
  ///   - first: where those begin that are to be put in: all from there on, at least one.
  ///   - thread: a number for the thread.
  /// - Returns: where those begin that no ring took; behind the last of them no access follows.
  func putIntoRings(_ numbers: Span<UInt32>, from first: Int, thread: Int) -> Int {
    var first = first
    for step in 0..<shardCount {
      unsafe first += shards[(thread &+ step) & (shardCount - 1)].put(numbers, from: first)
      if first == numbers.count { break }
    }
    return first
  }

  /// Calls a function with each page in cache and rings, while the consumer and others are at work:
  /// every page that is there all the time, none that is out all the time.
  ///
  /// The rings first, and the cache from its top down: pages move from rings to the cache, and in
  /// the cache from top to bottom.
  func look(_ body: (UInt32) -> Void) {
    for index in 0..<shardCount { unsafe shards[index].look(body) }
    var place = unsafe control.pointee.cachedCount.load(ordering: .acquiring)
    while place > 0 {
      place -= 1
      body(cache.load(place))
    }
  }

  /// Takes pages out of the rings.
  ///
  /// - Parameters:
  ///   - limit: the most pages.
  ///   - body: takes one over.
  /// - Returns: how many there were.
  func takeFromRings(atMost limit: Int, _ body: (UInt32) -> Void) -> Int {
    var missing = limit
    for index in 0..<shardCount where missing > 0 {
      unsafe missing -= shards[index].take(atMost: missing, body)
    }
    return limit - missing
  }

  /// Closes all rings; no thread is at them when this returns.
  func closeRings() {
    for index in 0..<shardCount { unsafe shards[index].close() }
  }

  /// Opens all rings that are closed.
  func openRings() {
    for index in 0..<shardCount { unsafe shards[index].open() }
  }

  /// The pages in the rings, as far as this thread can see.
  var ringCount: Int {
    (0..<shardCount).reduce(0) { unsafe $0 + shards[$1].count }
  }

  /// The pages that came back through the rings.
  var returnedCount: Int {
    (0..<shardCount).reduce(0) { unsafe $0 + shards[$1].returned.load(ordering: .relaxed) }
  }
}
