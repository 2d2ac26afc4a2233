// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

// Blocks that are objects in slabs: how they are taken and freed.

extension Engine {
  /// Whether whole pages up to 32 KiB are objects too, unless their alignment is a page's.
  ///
  /// A slab of one object packs as well as the pages, and is faster: 3 ns a pair instead of 7. Not
  /// in checked builds, where redzones would cost a page each.
  @inline(__always)
  private static var cutsWholePages: Bool { !CheckedBuild.isOn }

  /// The size class that serves a request, or nil where pages do.
  ///
  @inline(__always)
  func objectKind(_ byteCount: ByteCount, alignment: ByteCount) -> Int? {
    let byteCount = byteCount.rawValue
    guard UInt(bitPattern: byteCount &- 1) < UInt(bitPattern: objectLimit),
      Self.cutsWholePages || byteCount & (PageCount.bytesPerPage - 1) != 0,
      alignment < .page, alignment.isPowerOfTwo
    else { return nil }
    let bytes = SizeClass.rounded(
      byteCount &+ ObjectChecks.redzone, alignment: alignment.rawValue)
    return bytes <= objectLimit ? objects.kind(covering: bytes) : nil
  }

  // MARK: The fast path

  /// Takes an object for a pointer out of the calling thread's magazines, without a lock.
  ///
  /// All that is rare is left to the caller's other way, which is a function of its own: so this
  /// needs no registers saved, which would take a fifth longer.
  ///
  /// - Parameter byteCount: what is asked, with natural alignment.
  /// - Returns: the first byte, or nil where something else has to be done.
  @inline(__always)
  @unsafe
  func takeObject(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    guard !CheckedBuild.isOn,
      UInt(bitPattern: byteCount &- 1) < UInt(bitPattern: objectLimit),
      Self.cutsWholePages || byteCount & (PageCount.bytesPerPage - 1) != 0,
      vcompound_slot_owner() == number,
      let cache = unsafe UnsafeMutablePointer<ThreadCache>(bitPattern: vcompound_slot_cache()),
      let object = unsafe ObjectMagazines(of: cache).take(
        objects.kind(covering: byteCount), isOwned: false)
    else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: object)
  }

  /// Puts an object of a pointer into the calling thread's magazines, without a lock.
  ///
  /// - Returns: whether it is there; else nothing has changed.
  @inline(__always)
  func putObject(_ address: UInt, _ byteCount: ByteCount?) -> Bool {
    guard vcompound_slot_owner() == scrublessNumber,
      let cache = unsafe UnsafeMutablePointer<ThreadCache>(bitPattern: vcompound_slot_cache()),
      let frame = arena.frame(containing: address)
    else { return false }
    let entry = objects.map.entry(frame)
    guard entry.isSlab else { return false }
    if let byteCount {
      let bytes = byteCount.rawValue
      guard UInt(bitPattern: bytes &- 1) < UInt(bitPattern: SizeClass.largest),
        objects.kind(covering: bytes) == entry.kind
      else { return false }
    }
    return unsafe ObjectMagazines(of: cache).put(address, entry.kind, isOwned: false)
  }

  // MARK: Taking

  /// Takes an object out of the calling thread's magazines, without a lock.
  @inline(__always)
  func takeCachedObject(_ kind: Int, isOwned: Bool) -> UInt? {
    guard !CheckedBuild.isOn, let cache = unsafe currentCache else { return nil }
    return unsafe ObjectMagazines(of: cache).take(kind, isOwned: isOwned)
  }

  /// Takes an object, from wherever there is one.
  ///
  /// - Returns: the block, or nil where neither an object is left nor frames for a slab, and pages
  ///   may do: they can be stitched.
  /// - Throws: `usedAfterFork`; `systemCall`.
  @inline(never)
  func allocateObjectSlowly(
    _ kind: Int, _ byteCount: ByteCount, isZeroed: Bool, isOwned: Bool
  ) throws(CompoundError) -> Block? {
    if sentinel.isInChild { throw .usedAfterFork }
    attachCache()
    guard let object = try takeObject(kind, isOwned: isOwned) else { return nil }
    if CheckedBuild.isOn {
      objectChecks.begin(
        object, byteCount, of: objects.shape(kind).byteCount, isOwned: isOwned)
    }
    if isZeroed { RawMemory.fill(object, byteCount, with: 0) }
    return Block(address: object, byteCount: byteCount, place: .object)
  }

  private func takeObject(_ kind: Int, isOwned: Bool) throws(CompoundError) -> UInt? {
    while true {
      if let object = takeObjectLeft(kind, isOwned: isOwned) { return object }
      guard let run = try obtainSlab(kind) else {
        // What others kept has been put into the slabs meanwhile.
        return takeObjectLeft(kind, isOwned: isOwned)
      }
      if CheckedBuild.isOn {
        objectChecks.fill(arena.address(of: run.first), run.pageCount.byteCount)
      }
      ledger.withLock { ledger in
        ledger.blocks.insert(run, BlockTable.Record(slab: run.pageCount))
        objects.map.insert(run, kind: kind)
      }
      objects.add(run.first, kind)
    }
  }

  /// Takes an object from the thread's magazine, the depot, or a slab that there is.
  private func takeObjectLeft(_ kind: Int, isOwned: Bool) -> UInt? {
    if let cache = unsafe currentCache {
      let taken = unsafe ObjectMagazines(of: cache).withMagazine(kind) { magazine in
        let object = magazine.pop() ?? objects.take(kind, filling: magazine)
        if object != nil, isOwned { unsafe cache.pointee.ownedObjects.add(1) }
        return object
      }
      // In the gate, nil is no object to be had; else the gate is closed.
      if let taken { return taken }
    }
    guard let object = objects.takeOne(kind) else { return nil }
    if isOwned { ledger.withLock { $0.counts.ownedObjects += 1 } }
    return object
  }

  /// Whether less than an eighth of the arena is free.
  private func isShort(_ ledger: borrowing Ledger) -> Bool {
    ledger.frames.free.rawValue < pageCount.rawValue / 8
  }

  /// Takes the frames of a slab, in one piece.
  ///
  /// For objects of more than a page only resident ones, and none of the last eighth of the arena:
  /// where memory is short, the exact pages for one object are less than a slab of several, and
  /// can be stitched.
  private func obtainSlab(_ kind: Int) throws(CompoundError) -> FrameRun? {
    let pageCount = objects.shape(kind).pageCount
    let isNever = configuration.fallback == .never
    let request = Request(
      byteCount: pageCount.byteCount, pageCount: pageCount, alignment: 1,
      mode: isNever ? .never : .whenNeeded, isOwned: false)
    guard objects.shape(kind).byteCount <= PageCount.bytesPerPage else {
      return ledger.withLock { ledger in
        if isShort(ledger) { return nil }
        return ledger.takeContiguous(pageCount, request, entering: false)
      }
    }
    do throws(CompoundError) {
      switch try obtain(pageCount, request, contiguousOnly: isNever, entering: false) {
      case .contiguous(let run): return run
      case .mapped(let retired): preconditionFailure("a window for \(retired.runs.count) runs")
      case .scattered(let runs):
        ledger.withLock { ledger in
          for run in runs { ledger.frames.give(run) }
        }
        return nil
      }
    } catch .outOfMemory {
      return nil
    }
  }

  // MARK: Freeing

  /// Frees an object, if the address is in a slab.
  ///
  /// - Parameters:
  ///   - address: its first byte.
  ///   - byteCount: its size, if the caller says one.
  ///   - isOwned: whether a `CompoundBuffer` owned it.
  /// - Returns: false where the address is in no slab.
  @inline(__always)
  func freeObject(at address: UInt, _ byteCount: ByteCount?, isOwned: Bool) -> Bool {
    guard let frame = arena.frame(containing: address) else { return false }
    let entry = objects.map.entry(frame)
    guard entry.isSlab else { return false }
    if !scrubs, isOwned, let cache = unsafe currentCache,
      unsafe ObjectMagazines(of: cache).put(address, entry.kind, isOwned: isOwned)
    {
      return true
    }
    freeObjectSlowly(at: address, byteCount, isOwned: isOwned)
    return true
  }

  @inline(never)
  private func freeObjectSlowly(at address: UInt, _ byteCount: ByteCount?, isOwned: Bool) {
    if sentinel.isInChild { return }
    attachCache()
    guard let place = objects.place(of: address) else { return }
    checkFree(address, place, byteCount, isOwned: isOwned)
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn {
      objectChecks.end(address, of: size)
    } else if configuration.isWipedOnFree {
      RawMemory.fill(address, ByteCount(size), with: 0)
    }
    putObject(address, place.kind, isOwned: isOwned)
  }

  private func putObject(_ object: UInt, _ kind: Int, isOwned: Bool) {
    if let cache = unsafe currentCache {
      let isPut = unsafe ObjectMagazines(of: cache).withMagazine(kind) { magazine in
        let isPut =
          magazine.push(object)
          || objects.put(object, kind, emptying: magazine) { release(slab: $0) }
        if isPut, isOwned { unsafe cache.pointee.ownedObjects.add(-1) }
        return isPut
      }
      if isPut == true { return }
    }
    objects.putOne(object, kind) { release(slab: $0) }
    guard isOwned else { return }
    let isLast = ledger.withLock { ledger in
      ledger.counts.ownedObjects -= 1
      return ledger.counts.isLastGone
    }
    releaseIfLast(isLast)
  }

  /// Gives the frames of a slab back that has no object in use.
  private func release(slab run: FrameRun) {
    ledger.withLock { ledger in
      ledger.notePeak()
      objects.map.remove(run)
      ledger.release(run)
    }
  }

  /// Stops the program where an object cannot be freed like this.
  ///
  /// Other builds than checked ones know the class of an object only.
  private func checkFree(
    _ address: UInt, _ place: ObjectPlace, _ byteCount: ByteCount?, isOwned: Bool
  ) {
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn {
      let block = block(at: address, to: "free", isOwned: isOwned)
      objectChecks.checkRedzone(address, block.byteCount, of: size)
      if let byteCount { check(byteCount, isThatOf: block) }
    } else if let byteCount, !isOwned, !SizeClass.canHold(byteCount.rawValue, kind: place.kind),
      !objects.isMisfit(place)
    {
      stop(
        "cannot free \(hexadecimal(address)) with a size of \(byteCount): "
          + "the block is one of \(ByteCount(size)), which such a size does not get")
    }
  }

  // MARK: Taking back

  /// Puts the objects of magazines whose owners are not at them into the slabs, and those of the
  /// depots, and gives wholly free slabs back to the frames.
  func drainObjects(_ storages: [CacheStorage], _ which: EmptiedObjects = .allObjects) {
    let smallest = which == .allObjects ? 0 : SizeClass.covering(Self.largeObject)
    for storage in storages {
      let magazines = unsafe ObjectMagazines(of: storage.cache)
      for kind in smallest..<SizeClass.count {
        objects.drain(magazines[kind], kind) { release(slab: $0) }
      }
    }
    objects.releaseAll(from: smallest) { release(slab: $0) }
    objects.releaseSpares { release(slab: $0) }
  }

  /// The bytes of an object that alone may keep a slab: a page has two of them.
  private static var largeObject: Int { PageCount.bytesPerPage / 2 }
}

extension Engine.Counts {
  /// Whether the last buffer of an allocator that is gone is gone too.
  var isLastGone: Bool { isHeldByBuffers && owned + ownedObjects == 0 }
}
