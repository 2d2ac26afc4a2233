// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@testable import VCompound

extension ForkRow {
  /// `CompoundArray`.
  static let arrays = [
    ForkRow("an array's facts") { world in
      guard let room = world.array?.capacity, room >= 100 else { return false }
      return world.array?.count == 100 && world.array?.isEmpty == false
    },
    ForkRow(refused: "append to an array") { world throws(CompoundError) in
      try world.array?.append(addingCapacity: 100_000) { _ in }
    },
    ForkRow(refused: "reserve capacity of an array") { world throws(CompoundError) in
      try world.array?.reserveCapacity(100_000)
    },
    ForkRow(refused: "append to an empty array") { world throws(CompoundError) in
      var array = CompoundArray<Int>(allocator: world.allocator)
      try array.append(1)
    },
    ForkRow("shrink an array") { world in
      world.array?.shrinkToFit()
      return world.array?.count == 100
    },
    ForkRow("remove all of an array") { world in
      world.array?.removeAll(keepingCapacity: true)
      world.array?.removeAll()
      return world.array?.capacity == 0
    },
    ForkRow("drop an array") { world in
      world.array = nil
      return true
    },
    ForkRow(faulting: "read an element of an array") { world in
      UInt8(truncatingIfNeeded: world.array?[99] ?? 0)
    },
  ]

  /// `CompoundRing`.
  static let rings = [
    ForkRow("a ring's facts") { world in
      (world.ring?.capacity, world.ring?.readableByteCount) == (.kibibytes(8), 5)
        && world.ring?.writableByteCount == .kibibytes(8) - 5 && world.ring?.runs.count ?? 0 > 0
        && world.ring?.withUnsafeReadableBytes { $0.count } == 5
    },
    ForkRow(refused: "make a ring") { world throws(CompoundError) in
      _ = try CompoundRing(capacity: .page, allocator: world.allocator)
    },
    ForkRow("commit to a ring, and consume") { world in
      world.ring?.commit(10)
      world.ring?.consume(3)
      guard world.ring?.readableByteCount == 12 else { return false }
      world.ring?.removeAll()
      return world.ring?.readableByteCount == 0
    },
    ForkRow("drop a ring") { world in
      world.ring = nil
      return true
    },
    ForkRow(faulting: "read a byte of a ring") { world in
      world.ring?.withUnsafeReadableBytes { $0[0] }
    },
    ForkRow(faulting: "read the second mapping of a ring") { world in
      world.ring?.consume(5)
      world.ring?.commit(.kibibytes(8))
      return world.ring?.withUnsafeReadableBytes { $0[8191] }
    },
  ]

  /// What splits and joins buffers.
  static let parts = [
    ForkRow(refused: "split a run") { world throws(CompoundError) in
      _ = try world.plain?.splitOff(at: .page)
    },
    ForkRow(refused: "split a stitched block") { world throws(CompoundError) in
      _ = try world.stitched?.splitOff(at: .page)
    },
    ForkRow(refused: "join") { world throws(CompoundError) in
      try world.plain?.join(&world.stitched)
    },
    ForkRow("what was not joined is there") { world in
      try? world.stitched?.join(&world.object)
      return world.stitched?.facts == world.stitchedFacts
        && world.object?.facts == world.objectFacts
    },
    ForkRow(refused: "split into pages") { world throws(CompoundError) in
      var slots = PageSlots(count: 8, allocator: world.allocator)
      try slots.put(pagesOf: &world.stitched)
    },
    ForkRow(refused: "split an object into pages") { world throws(CompoundError) in
      var slots = PageSlots(count: 8, allocator: world.allocator)
      try slots.put(pagesOf: &world.object)
    },
    ForkRow(refused: "join pages") { world throws(CompoundError) in
      _ = try CompoundBuffer(joining: &world.slots)
    },
    ForkRow("what was not split is there") { world in
      var slots = PageSlots(count: 8, allocator: world.allocator)
      try? slots.put(pagesOf: &world.plain)
      _ = (try? CompoundBuffer(joining: &world.pairs))?.byteCount
      return world.plain?.facts == world.plainFacts && world.pairs.facts == world.pairFacts
    },
  ]

  /// `CompoundRegion`.
  static let regions = [
    ForkRow("a region's facts") { world in
      world.region?.byteCount == 100 && world.region?.footprint == .kibibytes(64)
        && world.region?.limit == .kibibytes(128)
    },
    ForkRow("allocate in a region where there is room") { world in
      (try? world.region?.allocatePointer(byteCount: 100)) != nil
        && world.region?.byteCount == 200
    },
    ForkRow(refused: "a new extent of a region") { world throws(CompoundError) in
      _ = try world.region?.allocatePointer(byteCount: .kibibytes(64))
    },
    ForkRow(refused: "the first extent of a region") { world throws(CompoundError) in
      let region = CompoundRegion(allocator: world.allocator)
      _ = try region.allocate(byteCount: 8)
    },
    ForkRow(refused: "elements in a region") { world throws(CompoundError) in
      let region = CompoundRegion(allocator: world.allocator)
      _ = try region.allocate(count: 8, of: Int.self)
    },
    ForkRow("empty a region") { world in
      world.region?.removeAll(keepingCapacity: true)
      guard world.region?.footprint == .kibibytes(64), world.region?.byteCount == 0 else {
        return false
      }
      world.region?.removeAll()
      return world.region?.footprint == 0
    },
    ForkRow("drop a region") { world in
      world.region = nil
      return true
    },
    ForkRow(faulting: "write to a region") { world in
      let block = try? world.region?.allocatePointer(byteCount: 8)
      block?.storeBytes(of: 1, as: UInt8.self)
      return 0
    },
  ]
}
