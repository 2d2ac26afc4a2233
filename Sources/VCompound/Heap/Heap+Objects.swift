// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Blocks that are objects in slabs: how they are taken and freed.

extension Heap {
  /// Whether whole pages up to 32 KiB are objects too, unless their alignment is a page's.
  ///
  /// A slab of one object packs as well as the pages, and is faster: 3 ns a pair instead of 7. Not
  /// in checked builds, where redzones would cost a page each.
  @inline(__always)
  private static var cutsWholePages: Bool { !CheckedBuild.isOn }

  /// The size class that serves a request, or nil where pages do.
  @inline(__always)
  func objectKind(_ byteCount: ByteCount, alignment: ByteCount) -> Int? {
    let byteCount = byteCount.rawValue
    let limit = policy.objectLimit
    guard UInt(bitPattern: byteCount &- 1) < UInt(bitPattern: limit),
      Self.cutsWholePages || byteCount & (PageCount.bytesPerPage - 1) != 0,
      alignment < .page, alignment.isPowerOfTwo
    else { return nil }
    let bytes = SizeClass.rounded(
      byteCount &+ ObjectChecks.redzone, alignment: alignment.rawValue)
    return bytes <= limit ? objects.kind(covering: bytes) : nil
  }

  // MARK: Without a lock

  /// Takes an object for a pointer out of the calling thread's magazines.
  ///
  /// All else is left to functions of their own. So this one saves no registers, which would take a
  /// fifth longer.
  ///
  /// - Parameters:
  ///   - byteCount: what is asked.
  ///   - alignment: in bytes; 1 for the natural one.
  /// - Returns: the first byte, or nil where something else has to be done.
  @inline(__always)
  @unsafe
  func takeObject(_ byteCount: Int, _ alignment: Int) -> UnsafeMutableRawPointer? {
    // Where alignment is no power of two, the size is rounded to nonsense.
    let bytes = SizeClass.rounded(byteCount, alignment: alignment)
    guard !CheckedBuild.isOn, UInt(bitPattern: bytes &- 1) < UInt(bitPattern: policy.objectLimit),
      UInt(bitPattern: alignment &- 1) < PageCount.bytesPerPage - 1,
      alignment & (alignment &- 1) == 0, let cache = unsafe threads.currentUnlisted,
      let object = unsafe ObjectMagazines(of: cache).take(objects.kind(covering: bytes), .pointer)
    else { return nil }
    return unsafe UnsafeMutableRawPointer(bitPattern: object)
  }

  /// Puts an object of a pointer into the calling thread's magazines.
  ///
  /// - Returns: whether it is there; else nothing has changed.
  @inline(__always)
  func putObject(_ address: UInt, _ byteCount: ByteCount?) -> Bool {
    guard let cache = unsafe threads.currentUnscrubbed,
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
    return unsafe ObjectMagazines(of: cache).put(address, entry.kind, .pointer)
  }

  /// Takes an object out of the calling thread's magazines.
  @inline(__always)
  func takeCachedObject(_ kind: Int, _ owner: BlockOwner) -> UInt? {
    guard !CheckedBuild.isOn, let cache = unsafe threads.currentUnlisted else { return nil }
    return unsafe ObjectMagazines(of: cache).take(kind, owner)
  }

  /// Puts an object of a buffer into the calling thread's magazines.
  ///
  /// - Returns: whether it is there; else nothing has changed.
  @inline(__always)
  func putCachedObject(_ address: UInt) -> Bool {
    guard let cache = unsafe threads.currentUnscrubbed,
      let frame = arena.frame(containing: address)
    else { return false }
    let entry = objects.map.entry(frame)
    guard entry.isSlab else { return false }
    return unsafe ObjectMagazines(of: cache).put(address, entry.kind, .buffer)
  }

  // MARK: Taking

  /// Takes an object, from wherever there is one.
  ///
  /// - Returns: the block, or nil where neither an object is left nor frames for a slab: pages may
  ///   do, which can be stitched.
  func allocateObject(_ kind: Int, _ byteCount: ByteCount, _ owner: BlockOwner) -> Block? {
    guard let object = takeObject(kind, owner) else { return nil }
    if CheckedBuild.isOn {
      objects.checks.begin(object, byteCount, of: objects.shape(kind).byteCount, owner)
    }
    return Block(address: object, byteCount: byteCount, place: .object)
  }

  private func takeObject(_ kind: Int, _ owner: BlockOwner) -> UInt? {
    while true {
      if let object = takeObjectLeft(kind, owner) { return object }
      // What others kept has been put into the slabs meanwhile.
      guard let run = obtainSlab(kind) else { return takeObjectLeft(kind, owner) }
      enter(slab: run, kind)
    }
  }

  /// Takes an object from the thread's magazine, the depot, or a slab that there is.
  private func takeObjectLeft(_ kind: Int, _ owner: BlockOwner) -> UInt? {
    if let cache = unsafe threads.current {
      let magazines = unsafe ObjectMagazines(of: cache)
      let taken = magazines.inGate {
        let object = magazines[kind].pop() ?? objects.take(kind, filling: magazines)
        if object != nil, owner == .buffer { unsafe cache.pointee.ownedObjects.add(1) }
        return object
      }
      // The inner nil: there is no object. The outer nil: the gate is shut.
      if let taken { return taken }
    }
    guard let object = objects.takeOne(kind) else { return nil }
    if owner == .buffer { _ = pages.withLock { $0.counts.addObjectOfBuffer(1) } }
    return object
  }

  // MARK: Freeing

  /// Frees an object, if the address is in a slab.
  ///
  /// The last access of the caller: the heap may end with its last block.
  ///
  /// - Parameters:
  ///   - address: its first byte.
  ///   - byteCount: its size, if the caller says one.
  ///   - owner: what owned it.
  /// - Returns: false where the address is in no slab.
  func freeObject(at address: UInt, _ byteCount: ByteCount?, _ owner: BlockOwner) -> Bool {
    guard arena.frame(containing: address) != nil, let place = objects.place(of: address) else {
      return false
    }
    checkFree(address, place, byteCount, owner)
    if policy.hasCensus { leaveCensus(address) }
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn {
      objects.checks.end(address, of: size)
    } else if policy.wipesFreedMemory {
      RawMemory.fill(address, ByteCount(size), with: 0)
    }
    putObject(address, place.kind, owner)
    return true
  }

  private func putObject(_ object: UInt, _ kind: Int, _ owner: BlockOwner) {
    if let cache = unsafe threads.current {
      let magazines = unsafe ObjectMagazines(of: cache)
      let isPut = magazines.inGate {
        let isPut =
          magazines[kind].push(object)
          || objects.put(object, kind, emptying: magazines) { release(slabs: $0) }
        if isPut, owner == .buffer { unsafe cache.pointee.ownedObjects.add(-1) }
        return isPut
      }
      if isPut == true { return }
    }
    objects.putOne(object, kind, keeping: reclaimers.isNeeded ? 0 : 1) { release(slabs: $0) }
    if !line.isEmpty { pages.withLock { $0.noteGain() } }
    guard owner == .buffer else { return }
    end(if: pages.withLock { $0.counts.addObjectOfBuffer(-1) })
  }

  /// Stops the program where an object cannot be freed like this.
  ///
  /// Other builds than checked ones know the class of an object only.
  private func checkFree(
    _ address: UInt, _ place: ObjectPlace, _ byteCount: ByteCount?, _ owner: BlockOwner
  ) {
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn {
      let block = block(at: address, to: "free", owner)
      objects.checks.checkRedzone(address, block.byteCount, of: size)
      if let byteCount { check(byteCount, isThatOf: block) }
    } else if let byteCount, owner == .pointer,
      !SizeClass.canHold(byteCount.rawValue, kind: place.kind), !objects.isMisfit(place)
    {
      stop(
        "cannot free \(hexadecimal(address)) with a size of \(byteCount): "
          + "the block is one of \(ByteCount(size)), which such a size does not get")
    }
  }
}
