// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache and its objects share, whatever their type is.
///
/// Objects that are let go of stay in a magazine of the thread (`Shelf`), the others in a table
/// behind a lock: the depot of Bonwick and Adams. Objects refer to it without counting: it holds
/// itself from the cache's end on until the last of them is let go of.
///
/// Invariant: every place in a magazine or in the table, and every object that is out, is a block
/// that holds an object that is made.
final class ObjectCacheCore: Reclaimable, ShelfKeeper, @unchecked Sendable {
  /// How objects of the type live.
  struct Life: Sendable {
    let size: ByteCount
    let alignment: ByteCount
    /// Makes an object at an address.
    let begin: @Sendable (UInt) -> Void
    /// Unmakes the object at an address.
    let end: @Sendable (UInt) -> Void
  }

  private let lifetime: Lifetime
  let door: Door
  let shelf = Shelf()
  let life: Life
  private let name: StaticString
  private let kept: ZeroedTable<PackedPlace>
  private let state = Lock(ObjectCacheCounts())

  /// Opens a cache on behalf of a front door of the heap.
  ///
  /// - Throws: `invalidSize`, `invalidAlignment`, `systemCall`.
  init(
    _ lifetime: Lifetime, _ heap: Heap, kept: Int, _ life: Life, name: StaticString
  ) throws(CompoundError) {
    _ = try heap.request(life.size, alignment: life.alignment, .buffer)
    // No more objects than the arena has room for, of the smallest size that there is.
    let most = heap.pageCount.byteCount.rawValue / max(8, life.size.rawValue)
    self.kept = try ZeroedTable(count: min(kept, most) + 1, system: heap.system)
    self.lifetime = lifetime
    door = lifetime.door
    self.life = life
    self.name = name
    state.withLock { $0.limit = min(kept, most) }
    heap.reclaimers.add(self)
    if ObjectCacheCounts.share(of: min(kept, most)) > 0 { shelf.open(heap, self) }
  }

  // MARK: Taking

  /// Takes an object that is kept, or makes one.
  @inline(__always)
  func take() throws(CompoundError) -> PackedPlace {
    if let place = door.pass({ shelf.take($0) }) { return place }
    return try takeSlowly()
  }

  @inline(never)
  private func takeSlowly() throws(CompoundError) -> PackedPlace {
    try door.enter { (heap) throws(CompoundError) in
      if let place = takeShared(heap) { return place }
      return begin(try allocate(heap))
    }
  }

  /// Takes an object that is kept for all threads.
  func takeShared(_ heap: Heap) -> PackedPlace? {
    heap.attachThreadCache()
    return refill(heap) ?? takeKept()
  }

  /// Makes an object of a block.
  func begin(_ block: Block) -> PackedPlace {
    life.begin(block.address)
    state.withLock { $0.created += 1 }
    return PackedPlace(block)
  }

  private func allocate(_ heap: Heap) throws(CompoundError) -> Block {
    let cached = heap.takeCachedBlock(
      byteCount: life.size, alignment: life.alignment, isZeroed: false, .buffer)
    if let cached { return cached }
    return try heap.allocate(
      byteCount: life.size, alignment: life.alignment, isZeroed: false, .buffer, label)
  }

  /// Names the cache's objects in the census.
  var label: SourceLabel { SourceLabel(name, ifEmpty: "object cache") }

  /// Takes an object out of the thread's magazine, which may have been another allocator's or shut
  /// a moment ago; or else out of the table, and some more for the magazine.
  private func refill(_ heap: Heap) -> PackedPlace? {
    let place = shelf.withMagazine(heap) { magazine -> PackedPlace? in
      if let own = magazine.pop() { return PackedPlace(rawValue: own) }
      return state.withLock { counts in
        guard counts.kept > 0 else { return nil }
        let first = takeKept(&counts)
        for _ in 0..<counts.grant(magazine) { _ = magazine.push(takeKept(&counts).rawValue) }
        return first
      }
    }
    return place.flatMap { $0 }
  }

  private func takeKept() -> PackedPlace? {
    state.withLock { counts in counts.kept > 0 ? takeKept(&counts) : nil }
  }

  private func takeKept(_ counts: inout ObjectCacheCounts) -> PackedPlace {
    counts.kept -= 1
    return kept.load(counts.kept)
  }

  // MARK: Letting go

  /// Keeps an object, or destroys it where enough are kept.
  ///
  /// The last access of the caller: the core may end with its last object.
  @inline(__always)
  func put(_ place: PackedPlace) {
    if !door.pass({ shelf.put(place, $0) }) { putSlowly(place) }
  }

  @inline(never)
  private func putSlowly(_ place: PackedPlace) {
    door.enter(inChild: ()) { heap in
      heap.attachThreadCache()
      if putOnShelf(place, heap) || state.withLock({ keep(place, &$0) }) { return }
      end(place, heap)
    }
  }

  /// Puts an object into the thread's magazine, after half of what that has has gone to the table.
  private func putOnShelf(_ place: PackedPlace, _ heap: Heap) -> Bool {
    let isPut = shelf.withMagazine(heap) { magazine in
      state.withLock { counts in
        guard !counts.isShut else { return false }
        // Where there is room without those of the table: they would leave none for this one.
        if magazine.capacity == 0, counts.room >= counts.share { _ = counts.grant(magazine) }
        if magazine.count > 0, magazine.count == magazine.capacity {
          magazine.removeOldest(min(counts.room, (magazine.count + 1) / 2)) {
            _ = keep(PackedPlace(rawValue: $0), &counts)
          }
        }
        return magazine.push(place.rawValue)
      }
    }
    return isPut == true
  }

  private func keep(_ place: PackedPlace, _ counts: inout ObjectCacheCounts) -> Bool {
    guard !counts.isShut, counts.room > 0 else { return false }
    kept.store(place, at: counts.kept)
    counts.kept += 1
    return true
  }

  func clear(_ magazine: Magazine) {
    state.withLock { counts in
      magazine.removeOldest(magazine.count) { object in
        kept.store(PackedPlace(rawValue: object), at: counts.kept)
        counts.kept += 1
      }
      guard magazine.capacity > 0 else { return }
      counts.granted -= magazine.capacity
      magazine.capacity = 0
    }
  }

  // MARK: Ends

  /// Unmakes an object, and frees its memory.
  ///
  /// The last access of the caller: the core may end with its last object.
  private func end(_ place: PackedPlace, _ heap: Heap) {
    Callback.run { life.end(place.address) }
    let block = heap.block(at: place, byteCount: life.size)
    if !heap.putCachedBlock(block) { heap.free(block, .buffer) }
    let isLast = state.withLock { counts in
      counts.destroyed += 1
      return counts.isClosed && counts.out == 0
    }
    if isLast { unsafe Unmanaged.passUnretained(self).release() }
  }

  /// Ends what is kept; what is out is ended as it comes back.
  func close() {
    let held = unsafe Unmanaged.passRetained(self)
    // In a child of fork the core stays as it is, for ever.
    let isOver = door.enter(inChild: false) { heap in
      // What is kept is in transit from the moment on in which no request finds it any more.
      heap.pages.carrying {
        heap.reclaimers.remove(self)
        shut()
        shelf.close(heap, self)
        giveUp()
      }
      return state.withLock { counts in
        counts.isClosed = true
        return counts.out == 0
      }
    }
    if isOver { unsafe held.release() }
  }

  /// What the cache has and has done.
  var counts: ObjectCacheCounts {
    door.enter(inChild: ObjectCacheCounts()) { heap in
      var counts = state.withLock { $0 }
      counts.kept += min(shelf.count(heap), counts.out)
      return counts
    }
  }

  /// See `ObjectCacheStatistics`.
  var statistics: ObjectCacheStatistics {
    let counts = counts
    return ObjectCacheStatistics(
      name: "\(name)", bytesPerObject: life.size, limit: counts.limit, created: counts.created,
      destroyed: counts.destroyed, out: counts.out, kept: counts.kept)
  }

  /// See `Reclaimable`.
  package var report: String {
    let counts = counts
    return "object cache '\(name)' of \(life.size): \(counts.out) out, \(counts.kept) kept of "
      + "\(counts.limit), \(counts.created) created, \(counts.destroyed) destroyed"
  }
}

extension ObjectCacheCore {
  package func shut() { state.withLock { $0.isShut = true } }

  /// Nothing: `giveUp` takes out what is kept, one object after the other.
  ///
  /// What was in magazines is in the table since they were emptied.
  package func extract() {}

  package func open() { state.withLock { $0.isShut = false } }

  package func giveUp() {
    door.enter(inChild: ()) { heap in
      while let place = takeKept() { end(place, heap) }
    }
  }
}
