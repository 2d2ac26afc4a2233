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
}
