// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

extension Heap {
  // MARK: Without a lock

  /// Takes a block of pages out of the calling thread's magazines.
  ///
  /// - Parameters:
  ///   - byteCount: its size.
  ///   - owner: what will own it.
  ///   - mayList: whether the caller lists the block where a census is kept; else there is none.
  /// - Returns: its first byte, with the record written, or nil where there is none.
  @inline(__always)
  func takeCached(
    _ byteCount: ByteCount, _ owner: BlockOwner, mayList: Bool = false
  ) -> UInt? {
    let pages = PageCount(covering: byteCount).rawValue
    guard UInt(bitPattern: pages &- 1) < UInt(bitPattern: policy.largestCached),
      let cache = unsafe mayList ? threads.current : threads.currentUnlisted,
      let block = unsafe PageMagazines(of: cache).take(pages, owner)
    else { return nil }
    self.pages.records.storeWord(
      BlockTable.Record(byteCount: byteCount, owner: owner),
      at: BlockTable.place(of: arena.frame(at: block)))
    return block
  }

  /// Takes a block of pages for a pointer, of a size that is no object's.
  @inline(__always)
  func takeCachedPages(_ byteCount: ByteCount, alignment: ByteCount) -> UInt? {
    guard !CheckedBuild.isOn, alignment <= .page, alignment.isPowerOfTwo,
      objectKind(byteCount, alignment: alignment) == nil
    else { return nil }
    return takeCached(byteCount, .pointer)
  }

  /// Notes that the calling thread's magazines had no block of this many pages.
  func noteMiss(_ pageCount: PageCount) {
    guard pageCount.rawValue <= policy.cacheCeiling.load(ordering: .relaxed),
      let cache = unsafe threads.current
    else { return }
    unsafe PageMagazines(of: cache).noteMiss(pageCount.rawValue)
  }

  /// Gives the calling thread's magazine of this many pages some room, and tells whether it had
  /// none.
  func openMagazine(_ pageCount: PageCount) -> Bool {
    guard pageCount.rawValue <= policy.cacheCeiling.load(ordering: .relaxed),
      let cache = unsafe threads.current
    else { return false }
    return unsafe PageMagazines(of: cache).open(pageCount.rawValue)
  }

  /// Puts a contiguous block into the calling thread's magazines.
  ///
  /// - Parameters:
  ///   - block: its first byte.
  ///   - record: its record.
  ///   - owner: what owned it.
  /// - Returns: whether it is there now; else nothing has changed.
  @inline(__always)
  func putCachedPages(_ block: UInt, _ record: BlockTable.Record, _ owner: BlockOwner) -> Bool {
    guard let cache = unsafe threads.currentUnscrubbed else {
      return policy.scrubsAtOnce && putScrubbedPages(block, record, owner)
    }
    return unsafe putCachedPages(block, record, owner, cache)
  }

  /// The same for a block that is listed no more, on the path that takes locks.
  func putPages(_ block: UInt, _ record: BlockTable.Record, _ owner: BlockOwner) -> Bool {
    if policy.scrubs { return putScrubbedPages(block, record, owner) }
    guard let cache = unsafe threads.current else { return false }
    return unsafe putCachedPages(block, record, owner, cache)
  }

  /// The same for an owner that has found its cache.
  @inline(__always)
  func putCachedPages(
    _ block: UInt, _ record: BlockTable.Record, _ owner: BlockOwner, _ cache: ThreadCache.Pointer
  ) -> Bool {
    let pages = PageCount(covering: record.byteCount).rawValue
    guard pages <= policy.cacheCeiling.load(ordering: .relaxed) else { return false }
    return unsafe PageMagazines(of: cache).put(block, pages, owner) {
      // Marked before it is in the magazine: the taker writes the record anew.
      self.pages.records.storeWord(record.cached, at: BlockTable.place(of: arena.frame(at: block)))
    }
  }

  /// The same, where memory is overwritten as it is freed.
  @inline(never)
  private func putScrubbedPages(
    _ block: UInt, _ record: BlockTable.Record, _ owner: BlockOwner
  ) -> Bool {
    guard let cache = unsafe threads.current, unsafe scrubCached(block, record, cache) else {
      return false
    }
    if unsafe putCachedPages(block, record, owner, cache) { return true }
    // The cache was shut meanwhile: the block is as it was, but for its contents.
    drawRedzone(of: self.block(at: block, record))
    return false
  }

  /// Checks and overwrites a block that is about to be put into a magazine, if that has room.
  private func scrubCached(
    _ block: UInt, _ record: BlockTable.Record, _ cache: ThreadCache.Pointer
  ) -> Bool {
    let block = self.block(at: block, record)
    let pages = block.pageCount.rawValue
    guard !sentinel.isInChild, pages <= policy.cacheCeiling.load(ordering: .relaxed),
      unsafe PageMagazines(of: cache).room(pages) > 0
    else { return false }
    endContents(of: block)
    return true
  }

  private func block(at address: UInt, _ record: BlockTable.Record) -> Block {
    Block(
      address: address, byteCount: record.byteCount, place: .contiguous(arena.frame(at: address)))
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
      unsafe ledger.counts.collect(cache)
      unsafe PageMagazines(of: cache).drain { block, pageCount in
        ledger.release(
          FrameRun(first: arena.frame(at: block), pageCount: PageCount(pageCount)))
      }
    }
    guard objects != .none else { return }
    let magazines = unsafe ObjectMagazines(of: cache)
    for kind in smallestKind(objects)..<SizeClass.count {
      self.objects.drain(magazines[kind], kind) { release(slabs: $0) }
    }
    guard objects == .allObjects else { return }
    magazines.takeRoom()
    shelves.clear(magazines)
  }

  /// Empties the depots, and gives up slabs that are wholly free.
  func drainDepots(_ objects: EmptiedObjects) {
    guard objects != .none else { return }
    self.objects.releaseAll(from: smallestKind(objects)) { release(slabs: $0) }
    self.objects.releaseSpares { release(slabs: $0) }
  }

  /// The smallest class that is emptied: of large objects, those of which a page has two at most.
  private func smallestKind(_ objects: EmptiedObjects) -> Int {
    objects == .allObjects ? 0 : SizeClass.covering(PageCount.bytesPerPage / 2)
  }
}

extension Counts {
  /// Adds what went through a cache, which is about to be emptied.
  fileprivate mutating func collect(_ cache: ThreadCache.Pointer) {
    unsafe add(cache)
    unsafe cache.pointee.ownedBlocks.store(0, ordering: .relaxed)
    unsafe cache.pointee.ownedObjects.store(0, ordering: .relaxed)
  }

  /// Adds what went through a cache.
  mutating func add(_ cache: ThreadCache.Pointer) {
    let (taken, put) = unsafe PageMagazines(of: cache).traffic
    let owned = unsafe cache.pointee.ownedBlocks.load(ordering: .relaxed)
    contiguousAllocations += taken
    frees += put
    ofBuffers += owned
    ofPointers += taken - put - owned
    unsafe objectsOfBuffers += cache.pointee.ownedObjects.load(ordering: .relaxed)
  }
}
