// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension ObjectCaches {
  // MARK: Giving back

  /// Puts an object into a magazine that had no room for it, after making some.
  ///
  /// - Returns: whether it is there.
  func put(
    _ object: UInt, _ kind: Int, emptying magazines: ObjectMagazines, _ release: Release
  ) -> Bool {
    guard layers.magazines else { return false }
    let shape = shapes[kind]
    let magazine = magazines[kind]
    if magazine.capacity >= Self.keptByFreeing || !grow(magazines, shape) {
      move((magazine.count + 1) / 2, of: magazine, shape, toDepot: layers.depot, release)
    }
    return magazine.push(object)
  }

  /// Puts an object back past the magazines.
  ///
  /// - Parameters:
  ///   - object: its first byte.
  ///   - kind: its class.
  ///   - spares: how many wholly free slabs of the class are kept: asked for with the class locked,
  ///     so that no slab is kept behind the back of a request which has just come into need.
  ///   - release: gets the frames of others.
  func putOne(
    _ object: UInt, _ kind: Int, keeping spares: @autoclosure () -> Int, _ release: Release
  ) {
    sizes[kind].state.withLock { size in
      put(object, into: &size)
      releaseSpares(&size, shapes[kind], keeping: spares(), release)
    }
  }

  /// Empties a magazine whose owner is not at it into the slabs.
  func drain(_ magazine: Magazine, _ kind: Int, _ release: Release) {
    let count = magazine.count
    if count > 0 { move(count, of: magazine, shapes[kind], toDepot: false, release) }
  }

  private func move(
    _ number: Int, of magazine: Magazine, _ shape: SlabShape, toDepot: Bool,
    _ release: Release
  ) {
    sizes[shape.kind].state.withLock { size in
      if toDepot, size.depot.count + number <= shape.depotLimit {
        magazine.removeOldest(number) { size.depot.push($0) }
      } else {
        magazine.removeOldest(number) { put($0, into: &size) }
        releaseSpares(&size, shape, keeping: 1, release)
      }
    }
  }

  private func put(_ object: UInt, into size: inout SizeCache) {
    guard let place = place(of: object), place.offset == 0, place.isObject else {
      stop("\(hexadecimal(object)) was freed, and is not the first byte of a block")
    }
    let spares = size.lists.spareCount
    guard size.lists.put(place.head, place.index) else {
      stop("the block at \(hexadecimal(object)) was freed twice")
    }
    note(spares, size)
  }

  private func releaseSpares(
    _ size: inout SizeCache, _ shape: SlabShape, keeping kept: Int, _ release: Release
  ) {
    let spares = size.lists.spareCount
    guard spares > kept else { return }
    release { size.lists.removeSpare(keeping: kept, map) }
    note(spares, size)
  }

  /// Gives up the wholly free slabs.
  func releaseSpares(_ release: Release) {
    guard spareCount.load(ordering: .relaxed) > 0 else { return }
    for shape in shapes {
      sizes[shape.kind].state.withLock { releaseSpares(&$0, shape, keeping: 0, release) }
    }
  }

  /// Gives up what is in the depot of this class and larger ones, and their wholly free slabs.
  func releaseAll(from smallest: Int, _ release: Release) {
    for shape in shapes[smallest...] {
      sizes[shape.kind].state.withLock { size in
        while let object = size.depot.pop() { put(object, into: &size) }
        releaseSpares(&size, shape, keeping: 0, release)
      }
    }
  }
}
