// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

extension Heap {
  // MARK: Without a lock

  /// Takes a block out of the calling thread's magazines.
  ///
  /// - Returns: its first frame, with the record written, or nil where there is none.
  @inline(__always)
  func takeCached(_ byteCount: ByteCount, _ owner: BlockOwner) -> Frame? {
    let pages = PageCount(covering: byteCount).rawValue
    guard UInt(bitPattern: pages &- 1) < UInt(bitPattern: policy.largestCached),
      let cache = unsafe threads.current,
      let frame = unsafe cache.pointee.take(pages, owner: owner)
    else { return nil }
    self.pages.records.store(
      BlockTable.Record(byteCount: byteCount, owner: owner), at: BlockTable.place(of: frame))
    return frame
  }

  /// Puts a contiguous block into the calling thread's magazines.
  ///
  /// - Returns: whether it is there now; else nothing has changed.
  @inline(__always)
  func putCached(_ frame: Frame, _ record: BlockTable.Record, _ owner: BlockOwner) -> Bool {
    let pages = PageCount(covering: record.byteCount).rawValue
    guard pages <= policy.cacheCeiling.load(ordering: .relaxed),
      let cache = unsafe threads.current
    else { return false }
    if policy.scrubs, unsafe !scrubCached(frame, record, cache) { return false }
    // Marked before it is in the magazine: the taker writes the record anew.
    self.pages.records.store(record.cached, at: BlockTable.place(of: frame))
    if unsafe cache.pointee.put(frame, pages, owner: owner) { return true }
    self.pages.records.store(record, at: BlockTable.place(of: frame))
    if policy.scrubs {
      // The cache was shut meanwhile: the block is as it was, but for its contents.
      drawRedzone(
        of: Block(
          address: arena.address(of: frame), byteCount: record.byteCount,
          place: .contiguous(frame)))
    }
    return false
  }

  /// Checks and overwrites a block that is about to be put into a magazine, if that has room.
  private func scrubCached(
    _ frame: Frame, _ record: BlockTable.Record, _ cache: ThreadCache.Pointer
  ) -> Bool {
    let block = Block(
      address: arena.address(of: frame), byteCount: record.byteCount, place: .contiguous(frame))
    guard !sentinel.isInChild, unsafe cache.pointee.hasRoom(block.pageCount.rawValue) else {
      return false
    }
    endContents(of: block)
    return true
  }

  // MARK: Handing out

  /// Gives the calling thread its magazines, on a slow path that could have been fast.
  ///
  /// - Returns: whether the thread had another heap's, or none.
  @discardableResult
  @inline(__always)
  func attachThreadCache() -> Bool {
    if vcompound_slot_owner() == threads.number { return false }
    attachSlowly()
    return true
  }

  @inline(never)
  private func attachSlowly() {
    let address = unsafe UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque())
    let home = CacheHome(heap: address) { heap, cache in
      guard let heap = unsafe UnsafeRawPointer(bitPattern: heap),
        let cache = unsafe ThreadCache.Pointer(bitPattern: cache)
      else { return }
      unsafe Unmanaged<Heap>.fromOpaque(heap)._withUnsafeGuaranteedRef { heap in
        unsafe heap.threads.threadEnded(cache) { unsafe heap.drain($0, .allObjects) }
      }
    }
    threads.attach(home)
  }

  // MARK: Taking back

  /// Which objects are given up beside the blocks of pages.
  enum EmptiedObjects: Int {
    case none
    /// Those of which a slab has few.
    case largeObjects
    case allObjects
  }

  /// Empties all magazines, and runs a function while nothing can be put there.
  ///
  /// What is freed meanwhile goes to the frames, so the function sees all that is free.
  func withThreadCachesPaused<Result, Failure: Error>(
    emptying objects: EmptiedObjects, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe threads.pause { unsafe drain($0, objects) }
    defer { threads.resume() }
    drainDepots(objects)
    return try body()
  }

  /// Closes all magazines for good; the ledger counts from then on what went through them.
  func closeThreadCaches() {
    unsafe threads.close { unsafe drain($0, .allObjects) }
    drainDepots(.allObjects)
  }

  /// Empties a thread's magazines while the owner is not at them.
  func drain(_ cache: ThreadCache.Pointer, _ objects: EmptiedObjects) {
    pages.withLock { ledger in
      unsafe cache.pointee.drain { frame, pageCount in
        ledger.release(FrameRun(first: frame, pageCount: PageCount(pageCount)))
      }
      unsafe ledger.counts.collect(cache.pointee)
    }
    guard objects != .none else { return }
    let magazines = unsafe ObjectMagazines(of: cache)
    for kind in smallestKind(objects)..<SizeClass.count {
      self.objects.drain(magazines[kind], kind) { release(slab: $0) }
    }
    if objects == .allObjects { shelves.clear(magazines) }
  }

  /// Empties the depots, and gives up slabs that are wholly free.
  func drainDepots(_ objects: EmptiedObjects) {
    guard objects != .none else { return }
    self.objects.releaseAll(from: smallestKind(objects)) { release(slab: $0) }
    self.objects.releaseSpares { release(slab: $0) }
  }

  /// The smallest class that is emptied: of large objects, those of which a page has two at most.
  private func smallestKind(_ objects: EmptiedObjects) -> Int {
    objects == .allObjects ? 0 : SizeClass.covering(PageCount.bytesPerPage / 2)
  }
}

extension Counts {
  /// Adds what went through a cache, and sets its counts to zero.
  fileprivate mutating func collect(_ cache: borrowing ThreadCache) {
    add(cache)
    cache.pointerCounts.reset()
    cache.bufferCounts.reset()
    cache.ownedObjects.store(0, ordering: .relaxed)
  }

  /// Adds what went through a cache.
  mutating func add(_ cache: borrowing ThreadCache) {
    let ofPointers = cache.pointerCounts.values
    let ofBuffers = cache.bufferCounts.values
    contiguousAllocations += ofPointers.taken + ofBuffers.taken
    frees += ofPointers.put + ofBuffers.put
    self.ofPointers += ofPointers.taken - ofPointers.put
    self.ofBuffers += ofBuffers.taken - ofBuffers.put
    objectsOfBuffers += cache.ownedObjects.load(ordering: .relaxed)
  }
}
