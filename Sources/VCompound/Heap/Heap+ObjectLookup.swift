// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension Heap {
  // MARK: Looking up

  /// What lies at an address that is in a slab.
  ///
  /// - Parameters:
  ///   - address: in the arena.
  ///   - searching: whether to look for the object in all magazines, which are closed for that.
  ///     Else one that is in a magazine passes for one in use, in builds without checks.
  /// - Returns: nil where no slab is.
  /// - Complexity: where magazines are searched, O(threads).
  func residentObject(at address: UInt, searching: Bool) -> Resident? {
    guard let place = pages.withLock({ _ in objects.place(of: address) }) else { return nil }
    guard place.isObject else { return .free }
    let object = address - UInt(bitPattern: place.offset)
    let offset = ByteCount(place.offset)
    if CheckedBuild.isOn {
      guard let use = objects.checks.use(of: object) else { return .free }
      let block = Block(address: object, byteCount: use.byteCount, place: .object)
      return .block(block, use.owner, offset: offset)
    }
    if objects.isInSlab(place) || (searching && isCached(object, place.kind)) { return .free }
    let block = Block(
      address: object, byteCount: ByteCount(objects.shape(place.kind).byteCount), place: .object)
    return .block(block, nil, offset: offset)
  }

  /// Whether an object is in a magazine or in the depot.
  private func isCached(_ object: UInt, _ kind: Int) -> Bool {
    var isFound = false
    unsafe threads.pause { cache in
      if unsafe ObjectMagazines(of: cache)[kind].contains(object) { isFound = true }
    }
    defer { threads.resume() }
    return isFound || objects.isInDepot(object, kind)
  }

  /// The frames in which an object has bytes.
  func frames(ofObject block: Block) -> FrameRun {
    guard let first = arena.frame(containing: block.address) else {
      stop("the block at \(hexadecimal(block.address)) is no object of this allocator")
    }
    return FrameRun(first: first, pageCount: block.pageCount)
  }

  // MARK: Resizing

  /// Makes an object larger or smaller; see `resize`.
  func resizeObject(
    _ block: Block, to byteCount: ByteCount, _ owner: BlockOwner, mayMove: Bool
  ) throws(CompoundError) -> Block? {
    _ = try request(byteCount, alignment: 1, owner)
    guard let place = objects.place(of: block.address) else {
      stop("the block at \(hexadecimal(block.address)) is no object of this allocator")
    }
    let size = objects.shape(place.kind).byteCount
    if CheckedBuild.isOn { objects.checks.checkRedzone(block.address, block.byteCount, of: size) }
    let fits = byteCount.rawValue + ObjectChecks.redzone <= size
    if fits, objectKind(byteCount, alignment: 1) == place.kind || !mayMove {
      return resizedInPlace(block, place, byteCount, owner)
    }
    guard mayMove else { return nil }
    let moved: Block
    do throws(CompoundError) {
      moved = try allocate(
        byteCount: byteCount, alignment: 1, isZeroed: false, owner, .listedByCaller)
    } catch {
      guard fits else { throw error }
      // The request is not refused after all.
      pages.withLock { $0.refusals.note(error, PageCount(covering: byteCount), -1) }
      return resizedInPlace(block, place, byteCount, owner)
    }
    RawMemory.copy(min(block.byteCount, byteCount), from: block.address, to: moved.address)
    // The moved block is counted: this one is not the last.
    free(block, owner)
    return moved
  }

  private func resizedInPlace(
    _ block: Block, _ place: ObjectPlace, _ byteCount: ByteCount, _ owner: BlockOwner
  ) -> Block {
    if CheckedBuild.isOn {
      objects.checks.set(block.address, byteCount, owner)
      objects.checks.drawRedzone(
        block.address, byteCount, of: objects.shape(place.kind).byteCount)
    } else if objectKind(byteCount, alignment: 1) != place.kind {
      objects.noteMisfit(place)
    }
    return Block(address: block.address, byteCount: byteCount, place: .object)
  }

  // MARK: Counting

  /// Objects that belong to pointers, where the magazines have been emptied.
  var objectsOfPointers: Int {
    objects.counts.out - pages.read { $0.counts.objectsOfBuffers }
  }

  /// The lowest object that belongs to a pointer, in checked builds.
  func firstObjectOfPointers() -> (address: UInt, byteCount: ByteCount)? {
    guard objectsOfPointers > 0 else { return nil }
    return pages.read { ledger in
      ledger.blocks.first { head, _ in firstObjectOfPointers(inSlab: head) }
    }
  }

  private func firstObjectOfPointers(inSlab head: PageFrame) -> (
    address: UInt, byteCount: ByteCount
  )? {
    let entry = objects.map.entry(head)
    guard entry.isSlab else { return nil }
    let shape = objects.shape(entry.kind)
    for index in 0..<shape.capacity(entry.pageCount) {
      let object = arena.address(of: head) + UInt(bitPattern: index * shape.byteCount)
      if let use = objects.checks.use(of: object), use.owner == .pointer {
        return (object, use.byteCount)
      }
    }
    return nil
  }
}
