// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

extension ObjectCaches {
  // MARK: Taking

  /// Takes an object where the magazine has none, and some more for the magazine.
  func take(_ kind: Int, filling magazines: ObjectMagazines) -> UInt? {
    guard layers.magazines else { return takeOne(kind) }
    let shape = shapes[kind]
    let magazine = magazines[kind]
    _ = grow(magazines, shape)
    sizes[kind].state.withLock { size in
      let wanted = max(1, magazine.capacity / 2)
      while magazine.count < wanted, let object = size.depot.pop() {
        _ = magazine.push(object)
      }
      take(from: &size, shape, atMost: wanted - magazine.count) { _ = magazine.push($0) }
    }
    return magazine.pop()
  }

  /// Takes an object past the magazines.
  func takeOne(_ kind: Int) -> UInt? {
    var object: UInt?
    sizes[kind].state.withLock { size in
      object = size.depot.pop()
      if object == nil { take(from: &size, shapes[kind], atMost: 1) { object = $0 } }
      if object != nil { size.directCount += 1 }
    }
    return object
  }

  private func take(
    from size: inout SizeCache, _ shape: SlabShape, atMost limit: Int, _ body: (UInt) -> Void
  ) {
    let spares = size.lists.spareCount
    _ = size.lists.take(atMost: limit) { head, index in
      body(address(head) + UInt(bitPattern: index * shape.byteCount))
    }
    note(spares, size)
  }

  /// Files the slabs that a function, called with the class locked, has entered.
  func add(_ kind: Int, _ body: (_ file: (FrameRun) -> Void) -> Void) {
    sizes[kind].state.withLock { size in
      let spares = size.lists.spareCount
      body { size.lists.add($0) }
      note(spares, size)
    }
  }

  /// The objects that a magazine has room for where its thread only frees some: as many as go to
  /// the depot at once are worth a lock, and others may need them.
  static var keptByFreeing: Int { 16 }

  /// Makes more room in a magazine.
  ///
  /// They begin small, so that a size that is used once in a while keeps little.
  ///
  /// - Returns: whether there is more room now.
  func grow(_ magazines: ObjectMagazines, _ shape: SlabShape) -> Bool {
    let capacity = magazines[shape.kind].capacity
    guard capacity < shape.magazineLimit else { return false }
    // A cache line's at least, so that no two threads get parts of one.
    let least = max(2, 128 / shape.byteCount)
    return magazines.grow(
      shape.kind, of: shape.byteCount, to: min(shape.magazineLimit, max(least, capacity * 2)),
      atLeast: least)
  }

  func note(_ spares: Int, _ size: SizeCache) {
    let change = size.lists.spareCount - spares
    if change != 0 { spareCount.wrappingAdd(change, ordering: .relaxed) }
  }
}
