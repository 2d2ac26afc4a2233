// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

/// The caches of all threads in one allocator.
///
/// Guarded by the engine's `caches` lock, which whoever empties or hands out a cache holds.
struct CacheList {
  /// Every cache there is, in use or not.
  var all: [CacheStorage] = []
  /// Those whose threads have ended.
  var idle: [CacheStorage] = []
  /// Page pools and the like, which keep pages above the engine.
  var keepers: [any PageKeeper] = []
  /// Whether the allocator is gone, and no cache shall be opened again.
  var isClosed = false
}

extension Engine {
  // MARK: The fast path

  /// The calling thread's cache in this allocator, if it is the one the thread used last.
  @inline(__always)
  var currentCache: UnsafeMutablePointer<ThreadCache>? {
    guard vcompound_slot_owner() == number else { return nil }
    return unsafe UnsafeMutablePointer(bitPattern: vcompound_slot_cache())
  }

  /// Takes a block out of the calling thread's magazines, without a lock.
  ///
  /// - Returns: its first frame, with the record written, or nil where there is none.
  @inline(__always)
  func takeCached(_ byteCount: ByteCount, isOwned: Bool) -> Frame? {
    let pages = PageCount(covering: byteCount).rawValue
    guard UInt(bitPattern: pages &- 1) < UInt(bitPattern: largestCached),
      let cache = unsafe currentCache,
      let frame = unsafe cache.pointee.take(pages, isOwned: isOwned)
    else { return nil }
    records.store(
      BlockTable.Record(byteCount: byteCount, isOwned: isOwned), at: BlockTable.place(of: frame))
    return frame
  }

  /// Puts a contiguous block into the calling thread's magazines, without a lock.
  ///
  /// - Returns: whether it is there now; else nothing has changed.
  @inline(__always)
  func putCached(_ frame: Frame, _ record: BlockTable.Record, isOwned: Bool) -> Bool {
    let pages = PageCount(covering: record.byteCount).rawValue
    guard pages <= cacheCeiling.load(ordering: .relaxed), let cache = unsafe currentCache else {
      return false
    }
    if scrubs {
      if sentinel.isInChild { return false }
      scrub(FrameRun(first: frame, pageCount: PageCount(pages)))
    }
    // Marked before it is in the magazine: whoever takes it out writes the record anew.
    records.store(record.cached, at: BlockTable.place(of: frame))
    if unsafe cache.pointee.put(frame, pages, isOwned: isOwned) { return true }
    records.store(record, at: BlockTable.place(of: frame))
    return false
  }

  // MARK: What is worth keeping

  /// The page count that magazines are kept for even where memory is fragmented.
  private static let smallest = 4

  /// The frees past the magazines, without a block stitched, after which larger blocks are kept.
  private static let calm = 1024

  /// Lowers the ceiling of the magazines, because a block had to be stitched.
  ///
  /// What is in magazines cannot merge. On the numpy trace, keeping large blocks had twice as
  /// many others stitched, at a hundred microseconds each, for some fifty nanoseconds gained.
  func noteStitch(_ counts: inout Counts) {
    counts.calmFrees = 0
    cacheCeiling.store(min(Self.smallest, largestCached), ordering: .relaxed)
  }

  /// Counts a free past the magazines, and doubles the ceiling once in a while.
  @inline(__always)
  func noteFree(_ counts: inout Counts) {
    counts.frees += 1
    counts.calmFrees += 1
    guard counts.calmFrees >= Self.calm else { return }
    counts.calmFrees = 0
    let ceiling = cacheCeiling.load(ordering: .relaxed)
    cacheCeiling.store(min(2 * ceiling, largestCached), ordering: .relaxed)
  }

  // MARK: Handing out

  /// Gives the calling thread its cache, on a slow path that could have been fast.
  func attachCache() {
    guard hasThreadCaches, vcompound_slot_owner() != number,
      let registry = ThreadRegistry.current()
    else { return }
    if let cache = registry.cache(of: number) {
      vcompound_slot_set(number, UInt(cache))
      return
    }
    let storage = caches.withLock { caches -> CacheStorage? in
      if caches.isClosed { return nil }
      if let idle = caches.idle.popLast() { return idle }
      // Without a cache the thread is slower, nothing else.
      guard let new = try? CacheStorage(pageLimit: cachePageLimit, system: system) else {
        return nil
      }
      caches.all.append(new)
      return new
    }
    guard let storage else { return }
    registry.add(storage.address, of: number)
    vcompound_slot_set(number, UInt(storage.address))
  }

  /// Takes back what is in the cache of a thread that has ended.
  func threadEnded(_ cache: UInt) {
    caches.withLock { caches in
      guard let storage = caches.all.first(where: { $0.address == cache }) else { return }
      drain([storage])
      drainObjects([storage])
      caches.idle.append(storage)
    }
  }

  // MARK: Taking back

  /// Whether any thread keeps blocks in magazines, as far as this thread can see.
  func cachedPageCount() -> PageCount {
    PageCount(
      caches.withLock { caches in
        caches.all.reduce(0) {
          unsafe $0 + $1.cache.pointee.cachedPages.load(ordering: .relaxed)
        }
      })
  }

  /// Gives the blocks in all magazines of all threads back to the frames, and what is free of
  /// slabs.
  func drainCaches() {
    withCachesStopped(emptying: .allObjects) {}
  }

  /// Which objects are given up beside the blocks of pages.
  enum EmptiedObjects: Int {
    case none
    /// Those of which a slab has few.
    case largeObjects
    case allObjects
  }

  /// Gives the blocks in all magazines back, and runs a function while none can be put there.
  ///
  /// What is freed meanwhile goes to the frames, so the function sees all that is free.
  func withCachesStopped<Result, Failure: Error>(
    emptying objects: EmptiedObjects = .none, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try caches.withLock { (caches: inout CacheList) throws(Failure) in
      stop(caches.all)
      defer { if !caches.isClosed { open(caches.all) } }
      if objects != .none { drainObjects(caches.all, objects) }
      return try body()
    }
  }

  /// Runs a function with all caches while their owners are not at them.
  func withCachesClosed<Result>(_ body: ([CacheStorage]) -> Result) -> Result {
    caches.withLock { caches in
      close(caches.all)
      defer { if !caches.isClosed { open(caches.all) } }
      return body(caches.all)
    }
  }

  /// Closes all caches for good, and adds what went through them to the ledger.
  func closeCaches() {
    caches.withLock { caches in
      caches.isClosed = true
      stop(caches.all)
      drainObjects(caches.all)
    }
  }

  /// Closes caches, waits for their owners to leave, and empties their magazines of pages.
  private func stop(_ storages: [CacheStorage]) {
    close(storages)
    drain(storages)
  }

  /// Closes caches and waits for their owners to leave.
  private func close(_ storages: [CacheStorage]) {
    guard !storages.isEmpty else { return }
    for storage in storages { unsafe storage.cache.pointee.gate.shut() }
    system.barrierOrPause()
    for storage in storages { unsafe storage.cache.pointee.gate.waitForOwner() }
  }

  private func open(_ storages: [CacheStorage]) {
    for storage in storages { unsafe storage.cache.pointee.gate.open() }
  }

  /// Empties caches that nobody else is at.
  private func drain(_ storages: [CacheStorage]) {
    ledger.withLock { ledger in
      for storage in storages {
        unsafe storage.cache.pointee.drain { frame, pageCount in
          ledger.release(FrameRun(first: frame, pageCount: PageCount(pageCount)))
        }
        unsafe ledger.counts.collect(storage.cache.pointee.pointerCounts, isOwned: false)
        unsafe ledger.counts.collect(storage.cache.pointee.bufferCounts, isOwned: true)
        let ownedObjects = unsafe storage.cache.pointee.ownedObjects.load(ordering: .relaxed)
        ledger.counts.ownedObjects += ownedObjects
        unsafe storage.cache.pointee.ownedObjects.store(0, ordering: .relaxed)
      }
    }
  }
}

extension Engine.Counts {
  /// Adds what went through a cache, and sets its counts to zero.
  mutating func collect(_ traffic: borrowing ThreadCache.Traffic, isOwned: Bool) {
    add(traffic, isOwned: isOwned)
    traffic.taken.store(0, ordering: .relaxed)
    traffic.put.store(0, ordering: .relaxed)
  }

  /// Adds what went through a cache.
  mutating func add(_ traffic: borrowing ThreadCache.Traffic, isOwned: Bool) {
    let taken = traffic.taken.load(ordering: .relaxed)
    let put = traffic.put.load(ordering: .relaxed)
    contiguousAllocations += taken
    frees += put
    if isOwned { owned += taken - put } else { unmanaged += taken - put }
  }
}
