// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache and its objects share.
///
/// Apart from the cache, since `Reclaimers` refers to it.
///
/// Invariant: every kept address, and every object that is out, is a block that holds an object
/// that is made.
final class ObjectCacheCore<Object: ~Copyable & Sendable>: Reclaimable, @unchecked Sendable {
  private let lifetime: Lifetime
  private let door: Door
  private let make: @Sendable () -> Object
  private let unmake: @Sendable (consuming Object) -> Void
  private let kept: ZeroedTable<PackedPlace>
  private let state = Lock(ObjectCacheCounts())

  private static var size: ByteCount { ByteCount(max(1, MemoryLayout<Object>.size)) }
  private static var alignment: ByteCount { ByteCount(MemoryLayout<Object>.alignment) }

  /// Opens a cache on behalf of a front door of the heap.
  ///
  /// - Throws: `invalidSize`, `invalidAlignment`, `systemCall`.
  init(
    _ lifetime: Lifetime, _ heap: Heap, kept: Int,
    unmake: @escaping @Sendable (consuming Object) -> Void, make: @escaping @Sendable () -> Object
  ) throws(CompoundError) {
    _ = try heap.request(Self.size, alignment: Self.alignment, .buffer)
    // No more objects than the arena has room for, of the smallest size that there is.
    let most = heap.pageCount.byteCount.rawValue / max(8, Self.size.rawValue)
    self.kept = try ZeroedTable(count: min(kept, most) + 1, system: heap.system)
    self.lifetime = lifetime
    door = lifetime.door
    self.make = make
    self.unmake = unmake
    state.withLock { $0.limit = min(kept, most) }
    heap.reclaimers.add(self)
  }

  /// The object in a block.
  @unsafe
  func pointer(to block: Block) -> UnsafeMutablePointer<Object> {
    unsafe Memory(block.address).start.assumingMemoryBound(to: Object.self)
  }

  /// Takes an object that is kept, or makes one.
  func take() throws(CompoundError) -> Block {
    try door.enter { (heap) throws(CompoundError) in
      if let block = takeKept(heap) {
        state.withLock { $0.out += 1 }
        return block
      }
      let block = try allocate(heap)
      unsafe pointer(to: block).initialize(to: make())
      state.withLock { counts in
        counts.made += 1
        counts.out += 1
      }
      return block
    }
  }

  private func allocate(_ heap: Heap) throws(CompoundError) -> Block {
    let cached = heap.takeCachedBlock(
      byteCount: Self.size, alignment: Self.alignment, isZeroed: false, .buffer)
    if let cached { return cached }
    return try heap.allocate(
      byteCount: Self.size, alignment: Self.alignment, isZeroed: false, .buffer)
  }

  private func takeKept(_ heap: Heap) -> Block? {
    let place = state.withLock { counts -> PackedPlace? in
      guard counts.kept > 0 else { return nil }
      counts.kept -= 1
      return kept.load(counts.kept)
    }
    return place.map { heap.block(at: $0, byteCount: Self.size) }
  }

  /// Keeps an object, or unmakes it where enough are kept.
  func put(_ block: Block) {
    door.enter(inChild: ()) { heap in
      let isKept = state.withLock { counts in
        counts.out -= 1
        guard !counts.isShut, counts.kept < counts.limit else { return false }
        kept.store(PackedPlace(block), at: counts.kept)
        counts.kept += 1
        return true
      }
      if !isKept { end(block, heap) }
    }
  }

  /// Unmakes an object, and frees its memory.
  private func end(_ block: Block, _ heap: Heap) {
    Callback.run { unmake(unsafe pointer(to: block).move()) }
    if !heap.putCachedBlock(block) { heap.free(block, .buffer) }
    state.withLock { $0.unmade += 1 }
  }

  /// Ends what is kept; what is out is ended as it comes back.
  func close() {
    door.enter(inChild: ()) { heap in
      // What is kept is in transit from the moment on in which no request finds it any more.
      heap.pages.carrying {
        heap.reclaimers.remove(self)
        shut()
        giveUp()
      }
    }
  }

  /// What the cache has and has done.
  var counts: ObjectCacheCounts {
    door.enter(inChild: ObjectCacheCounts()) { _ in state.withLock { $0 } }
  }

  // MARK: Giving up

  package func shut() { state.withLock { $0.isShut = true } }

  /// Nothing: `giveUp` takes out what is kept, one object after the other.
  package func extract() {}

  package func open() { state.withLock { $0.isShut = false } }

  package func giveUp() {
    door.enter(inChild: ()) { heap in
      while let block = takeKept(heap) { end(block, heap) }
    }
  }
}

/// What an object cache has and has done.
struct ObjectCacheCounts: Sendable {
  var made = 0
  var unmade = 0
  /// Objects that are out.
  var out = 0
  /// Objects in the table of those that are kept.
  var kept = 0
  /// The most that are kept.
  var limit = 0
  /// Whether nothing is kept now.
  var isShut = false
}
