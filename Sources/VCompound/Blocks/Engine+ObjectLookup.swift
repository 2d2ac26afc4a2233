// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension Engine {
  // MARK: Looking up

  /// What lies at an address that is in a slab.
  ///
  /// - Parameters:
  ///   - address: in the arena.
  ///   - searching: whether to look for the object in all magazines, which must be closed for
  ///     that. Else one that is in a magazine passes for one in use, in builds without checks.
  /// - Returns: nil where no slab is.
  /// - Complexity: where magazines are searched, O(threads).
  func residentObject(at address: UInt, searching: Bool) -> Resident? {
    guard let place = ledger.withLock({ _ in objects.place(of: address) }) else { return nil }
    let shape = objects.shape(place.kind)
    guard place.index < shape.capacity else { return .free }
    let object = address - UInt(bitPattern: place.offset)
    let offset = ByteCount(place.offset)
    if CheckedBuild.isOn {
      guard let use = objectChecks.use(of: object) else { return .free }
      let block = Block(address: object, byteCount: use.byteCount, place: .object)
      return .block(block, isOwned: use.isOwned, offset: offset)
    }
    if objects.isInSlab(place) || (searching && isKept(object, place.kind)) { return .free }
    let block = Block(address: object, byteCount: ByteCount(shape.byteCount), place: .object)
    return .block(block, isOwned: nil, offset: offset)
  }

  /// Whether an object is in a magazine or in the depot.
  private func isKept(_ object: UInt, _ kind: Int) -> Bool {
    withCachesClosed { storages in
      objects.isInDepot(object, kind)
        || storages.contains { unsafe ObjectMagazines(of: $0.cache)[kind].contains(object) }
    }
  }

  /// The frames in which an object has bytes.
  func frames(ofObject block: Block) -> FrameRun {
    guard let first = arena.frame(containing: block.address) else {
      stop("the block at \(hexadecimal(block.address)) is no object of this allocator")
    }
    return FrameRun(first: first, pageCount: block.pageCount)
  }

  /// Hands an object from a buffer to a pointer, or back.
  func setOwnedObject(_ block: Block, _ isOwned: Bool) {
    if CheckedBuild.isOn { objectChecks.set(block.address, block.byteCount, isOwned: isOwned) }
    let isLast = ledger.withLock { ledger in
      ledger.counts.ownedObjects += isOwned ? 1 : -1
      return ledger.counts.isLastGone
    }
    releaseIfLast(isLast)
  }

  // MARK: Resizing

  /// Makes an object larger or smaller; see `resize`.
  func resizeObject(
    _ block: Block, to byteCount: ByteCount, isOwned: Bool, mayMove: Bool
  ) throws(CompoundError) -> Block? {
    _ = try request(byteCount, alignment: 1, isOwned: isOwned)
    guard let place = objects.place(of: block.address) else {
      stop("the block at \(hexadecimal(block.address)) is no object of this allocator")
    }
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn { objectChecks.checkRedzone(block.address, block.byteCount, of: size) }
    let fits = byteCount.rawValue + ObjectChecks.redzone <= size
    if fits, objectKind(byteCount, alignment: 1) == place.kind || !mayMove {
      return resizedInPlace(block, place, byteCount, isOwned: isOwned)
    }
    guard mayMove else { return nil }
    let moved: Block
    do throws(CompoundError) {
      moved = try allocate(
        byteCount: byteCount, alignment: 1, isZeroed: false, isOwned: isOwned)
    } catch {
      guard fits else { throw error }
      return resizedInPlace(block, place, byteCount, isOwned: isOwned)
    }
    RawMemory.copy(min(block.byteCount, byteCount), from: block.address, to: moved.address)
    free(block, isOwned: isOwned)
    return moved
  }

  private func resizedInPlace(
    _ block: Block, _ place: ObjectPlace, _ byteCount: ByteCount, isOwned: Bool
  ) -> Block {
    if CheckedBuild.isOn {
      let size = objects.shape(place.kind).byteCount
      objectChecks.set(block.address, byteCount, isOwned: isOwned)
      objectChecks.drawRedzone(block.address, byteCount, of: size)
    } else if objectKind(byteCount, alignment: 1) != place.kind {
      objects.noteMisfit(place)
    }
    return Block(address: block.address, byteCount: byteCount, place: .object)
  }

  // MARK: Counting

  /// Objects that belong to pointers, where the caches have been emptied.
  var unmanagedObjectCount: Int {
    let owned = ledger.withLock { $0.counts.ownedObjects }
    return objects.counts.out - owned
  }

  /// The lowest object that belongs to a pointer, in checked builds.
  func firstUnmanagedObject() -> (address: UInt, byteCount: ByteCount)? {
    guard unmanagedObjectCount > 0 else { return nil }
    for number in 0..<pageCount.rawValue {
      let head = Frame(number)
      let entry = objects.map.entry(head)
      guard entry.isSlab, entry.pagesBefore == 0 else { continue }
      let shape = objects.shape(entry.kind)
      for index in 0..<shape.capacity {
        let object = arena.address(of: head) + UInt(bitPattern: index * shape.byteCount)
        if let use = objectChecks.use(of: object), !use.isOwned { return (object, use.byteCount) }
      }
    }
    return nil
  }

  /// Objects in use, those ever taken, and the pages of slabs.
  func objectCounts(_ storages: [CacheStorage]) -> (live: Int, taken: Int, slabs: PageCount) {
    let counts = objects.counts
    var (live, taken) = (counts.out, counts.direct)
    for storage in storages {
      let magazines = unsafe ObjectMagazines(of: storage.cache)
      for kind in 0..<SizeClass.count {
        live -= magazines[kind].count
        taken += magazines[kind].takenCount
      }
    }
    return (live, taken, PageCount(counts.slabPages))
  }
}
