// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

@testable import VCompound

/// One value of every public type, for children of fork to use.
final class ForkWorld: @unchecked Sendable {
  typealias Item = InlineArray<100, UInt8>

  /// The allocator, and what can be dropped apart from it.
  private(set) var door: CompoundAllocator?
  var plain: CompoundBuffer?
  var stitched: CompoundBuffer?
  var object: CompoundBuffer?
  var holder: SharedBuffer?
  var slots: PageSlots
  var pairs: PageSlots
  var pool: PagePool?
  var page: PooledPage?
  var owner: PooledPage?
  var shared: SharedPage?
  var cutPool: PagePool?
  var fragment: PageFragment?
  var cache: ObjectCache<Item>?
  var item: CachedObject<Item>?
  var array: CompoundArray<Int>?
  var ring: CompoundRing?
  var region: CompoundRegion?

  /// Blocks of pointers: an object, a run, a stitched block.
  var pointers: [UnsafeMutableRawPointer]
  /// A page of the pool that belongs to a pointer.
  let lent: UnsafeMutableRawPointer
  /// Objects of the cache that were unmade.
  let unmade: EventCounter
  /// How long to wait for pages: no time at all in the rehearsal.
  let patience: Duration

  /// What the values say of themselves, before any fork.
  let plainFacts: BufferFacts
  let stitchedFacts: BufferFacts
  let objectFacts: BufferFacts
  let slotFacts: SlotFacts
  let pairFacts: SlotFacts

  init(patience: Duration, census: CensusCoverage = .off) throws {
    var configuration = AllocatorConfiguration()
    configuration.census = census
    configuration.fallback = .probability(0.5)
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    let plain = try Self.take(3, isStitched: false, of: allocator)
    let stitched = try Self.take(8, isStitched: true, of: allocator)
    let object = try allocator.allocate(byteCount: 100)
    pointers = [
      try allocator.allocatePointer(byteCount: 100),
      try Self.take(3, isStitched: false, of: allocator).relinquish(),
      try Self.take(8, isStitched: true, of: allocator).relinquish(),
    ]
    var slots = PageSlots(count: 8, allocator: allocator)
    try allocator.allocate(into: &slots)
    _ = slots.take(at: 3)
    // Pages of two, of which the policy stitches some.
    var pairs = PageSlots(count: 32, order: 1, allocator: allocator)
    try allocator.allocate(into: &pairs)
    _ = pairs.take(at: 3)

    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 32))
    page = try pool.take(label: "page")
    var owner = try pool.take(label: "owner")
    shared = owner.share()
    self.owner = consume owner
    lent = try pool.take(label: "lent").relinquish()
    var cutPool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 32))
    fragment = try cutPool.takeFragment(byteCount: 100)
    let unmade = EventCounter()
    let cache = try ObjectCache<Item>(
      allocator: allocator, kept: 8, destroy: { _ in unmade.add() }, create: { Item(repeating: 7) })
    item = try cache.take()
    holder = SharedBuffer(try allocator.allocate(pageCount: 3))
    var array = CompoundArray<Int>(allocator: allocator)
    for element in 0..<100 { try array.append(element) }
    self.array = consume array
    var ring = try CompoundRing(capacity: .kibibytes(8), allocator: allocator)
    ring.commit(5)
    self.ring = consume ring
    let region = CompoundRegion(allocator: allocator, limit: .kibibytes(128))
    _ = try region.allocatePointer(byteCount: 100)
    self.region = consume region
    // The thread's magazines have something of each.
    _ = try allocator.allocate(byteCount: 100)
    _ = try allocator.allocate(pageCount: 1)

    plainFacts = plain.facts
    stitchedFacts = stitched.facts
    objectFacts = object.facts
    slotFacts = slots.facts
    pairFacts = pairs.facts
    (door, self.unmade, self.patience, self.cache) = (allocator, unmade, patience, cache)
    self.plain = consume plain
    self.stitched = consume stitched
    self.object = consume object
    self.slots = consume slots
    self.pairs = consume pairs
    self.pool = consume pool
    self.cutPool = consume cutPool
  }

  deinit { dropAll() }

  /// The allocator, which is there until everything is dropped.
  var allocator: CompoundAllocator {
    guard let door else { preconditionFailure("the world has ended") }
    return door
  }

  /// Frees and drops all there is, the allocator last.
  func dropAll() {
    guard let allocator = door else { return }
    plain = nil
    stitched = nil
    object = nil
    holder = nil
    allocator.deallocate(all: pointers)
    pointers = []
    dropSlots()
    fragment = nil
    shared = nil
    owner = nil
    page = nil
    pool = nil
    cutPool = nil
    item = nil
    cache = nil
    array = nil
    ring = nil
    region = nil
    door = nil
  }

  /// Drops the page arrays, for empty ones.
  func dropSlots() {
    slots = PageSlots(count: 0, allocator: allocator)
    pairs = PageSlots(count: 0, allocator: allocator)
  }

  private static func take(
    _ pages: Int, isStitched: Bool, of allocator: CompoundAllocator
  ) throws -> CompoundBuffer {
    while true {
      let buffer = try allocator.allocate(pageCount: PageCount(pages))
      if buffer.isStitched == isStitched { return buffer }
    }
  }
}

/// Counts what happens on any thread.
final class EventCounter: Sendable {
  private let count = Atomic(0)
  var value: Int { count.load(ordering: .relaxed) }
  func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

/// What a buffer says of itself.
struct BufferFacts: Equatable {
  var byteCount: ByteCount
  var pageCount: PageCount
  var isStitched: Bool
  var order: PageOrder?
  var runs: [FrameRun]
  var lastFrame: PageFrame
  var addresses: [UnsafeMutableRawPointer]
}

extension CompoundBuffer {
  var facts: BufferFacts {
    BufferFacts(
      byteCount: byteCount, pageCount: pageCount, isStitched: isStitched, order: order, runs: runs,
      lastFrame: frame(ofPage: pageCount.rawValue - 1),
      addresses: [baseAddress] + ioVectors().compactMap(\.iov_base))
  }
}

/// What a page array says of itself.
struct SlotFacts: Equatable {
  var filledCount: Int
  var isFull: Bool
  var filled: [Bool]
  var addresses: [UnsafeMutableRawPointer]
}

extension PageSlots {
  var facts: SlotFacts {
    SlotFacts(
      filledCount: filledCount, isFull: isFull, filled: (0..<count).map { isFilled(at: $0) },
      addresses: ioVectors().compactMap(\.iov_base))
  }
}
