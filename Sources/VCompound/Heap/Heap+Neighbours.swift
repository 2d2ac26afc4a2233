// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// The neighbours of an object: for those who free memory, and want it to be whole pages.

/// A slab, and which of its objects are in use.
package struct SlabContents {
  /// Where it lies.
  package let run: FrameRun
  /// The first byte.
  package let address: UInt
  /// The bytes of every object.
  package let objectByteCount: ByteCount
  /// The objects that there is room for.
  package let capacity: Int
  /// The first bytes of the objects in use, ascending.
  package fileprivate(set) var inUse: [UInt] = []
}

extension Heap {
  /// The slab that an address lies in, or nil where there is none.
  ///
  /// Objects are in use that are not in the slab, nor in the depot, nor in any thread's magazines
  /// as far as this thread can see. No magazine is shut for it.
  package func slab(containing address: UInt) -> SlabContents? {
    guard arena.frame(containing: address) != nil,
      let place = pages.withLock({ _ in objects.place(of: address) })
    else { return nil }
    return unsafe threads.withAll { forEach in
      let contents = objects.contents(of: place) { head in
        pages.withLock { _ in objects.map.entry(head) }
      }
      guard var slab = contents?.slab, let free = contents?.inDepot else { return nil }
      var kept = Set(free)
      let end = slab.address + UInt(bitPattern: slab.run.pageCount.byteCount.rawValue)
      unsafe forEach { cache in
        unsafe ObjectMagazines(of: cache)[place.kind].forEach { object in
          if slab.address <= object, object < end { kept.insert(object) }
        }
      }
      slab.inUse.removeAll { kept.contains($0) }
      return slab
    }
  }
}

extension ObjectCaches {
  /// The slab of an object, with the objects that are not in it, and those in the depot.
  ///
  /// - Parameters:
  ///   - place: where the object is.
  ///   - entry: what the map has of a frame, read under the ledger's lock.
  /// - Returns: nil where there is no such slab any more.
  fileprivate func contents(
    of place: ObjectPlace, _ entry: (PageFrame) -> SlabMap.Entry
  ) -> (slab: SlabContents, inDepot: [UInt])? {
    let shape = shapes[place.kind]
    return sizes[place.kind].state.withLock { size in
      let entry = entry(place.head)
      // The slab may be gone, if the object was not the caller's.
      guard entry.isSlab, entry.kind == place.kind, entry.pagesBefore == 0 else { return nil }
      let capacity = shape.capacity(entry.pageCount)
      let first = address(place.head)
      func object(_ index: Int) -> UInt { first + UInt(bitPattern: index * shape.byteCount) }
      let slab = SlabContents(
        run: FrameRun(first: place.head, pageCount: entry.pageCount), address: first,
        objectByteCount: ByteCount(shape.byteCount), capacity: capacity,
        inUse: (0..<capacity).filter { !size.lists.contains(place.head, $0) }.map(object))
      var inDepot: [UInt] = []
      let end = first + UInt(bitPattern: entry.pageCount.byteCount.rawValue)
      size.depot.forEach { if first <= $0, $0 < end { inDepot.append($0) } }
      return (slab, inDepot)
    }
  }
}
