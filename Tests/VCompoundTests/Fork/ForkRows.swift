// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

@testable import VCompound

/// A public function, and what a child of fork has of it.
struct ForkRow: Sendable {
  let name: String
  let end: ChildEnd
  let body: @Sendable (ForkWorld) -> Bool

  /// A function whose outcome a child can see.
  ///
  /// - Parameters:
  ///   - name: the function.
  ///   - body: calls it, and tells whether the outcome is as documented.
  init(_ name: String, _ body: @escaping @Sendable (ForkWorld) -> Bool) {
    self.name = name
    end = .exit(0)
    self.body = body
  }

  /// A function that throws `usedAfterFork` in a child.
  init(
    refused name: String, _ body: @escaping @Sendable (ForkWorld) throws -> Void
  ) {
    self.init(name) { world in
      do {
        try body(world)
        return false
      } catch {
        return error as? CompoundError == .usedAfterFork
          || error as? CompoundPoolError == .allocation(.usedAfterFork)
      }
    }
  }

  /// An access to memory, at which a child faults.
  ///
  /// - Parameters:
  ///   - name: the access.
  ///   - body: makes it, and returns what it has read, or 0: the access cannot be optimized away.
  init(faulting name: String, _ body: @escaping @Sendable (ForkWorld) -> UInt8?) {
    self.name = name
    end = .signal(SIGSEGV)
    self.body = { body($0) == 0 }
  }

  /// All rows.
  static let all =
    requests + frees + answers + buffers + parts + shares + arrays + rings + regions + pageArrays
    + pools + pages + closings + caches
}

extension ForkRow {
  /// What asks an allocator for memory.
  static let requests = [
    ForkRow(refused: "allocate an object") { world throws(CompoundError) in
      _ = try world.allocator.allocate(byteCount: 100)
    },
    ForkRow(refused: "allocate, zeroed") { world throws(CompoundError) in
      _ = try world.allocator.allocate(byteCount: .mebibytes(1), zeroed: true)
    },
    ForkRow(refused: "allocate a page") { world throws(CompoundError) in
      _ = try world.allocator.allocate(pageCount: 1)
    },
    ForkRow(refused: "allocate pages, aligned") { world throws(CompoundError) in
      _ = try world.allocator.allocate(pageCount: 8, alignment: .kibibytes(64))
    },
    ForkRow(refused: "allocate with a policy") { world throws(CompoundError) in
      _ = try world.allocator.allocate(byteCount: 100, policy: RequestPolicy(stitching: .never))
    },
    ForkRow(refused: "allocate, blocking") { world throws(CompoundError) in
      _ = try world.allocator.allocate(byteCount: .mebibytes(1), blocking: .seconds(600))
    },
    ForkRow(refused: "allocate with a label") { world throws(CompoundError) in
      _ = try world.allocator.allocate(byteCount: 100, label: "child")
    },
    ForkRow(refused: "allocate pages with a label") { world throws(CompoundError) in
      _ = try world.allocator.allocate(pageCount: 3, label: "child")
    },
    ForkRow(refused: "allocate an order with a label") { world throws(CompoundError) in
      _ = try world.allocator.allocate(order: 1, label: "child")
    },
    ForkRow(refused: "allocatePointer with a label") { world throws(CompoundError) in
      world.pointers.append(try world.allocator.allocatePointer(byteCount: 100, label: "child"))
    },
    ForkRow("add a reclaimer") { world in
      world.allocator.addReclaimer(for: world) { _, _ in false }
      return true
    },
    ForkRow(refused: "allocatePointer, object") { world throws(CompoundError) in
      world.pointers.append(try world.allocator.allocatePointer(byteCount: 100))
    },
    ForkRow(refused: "allocatePointer, pages") { world throws(CompoundError) in
      world.pointers.append(try world.allocator.allocatePointer(byteCount: .kibibytes(40)))
    },
    ForkRow(refused: "allocatePointer(count:of:)") { world throws(CompoundError) in
      world.pointers.append(try world.allocator.allocatePointer(count: 100, of: Int.self))
    },
    ForkRow(refused: "allocateBytes") { world throws(CompoundError) in
      _ = try world.allocator.allocateBytes(count: 100)
    },
    ForkRow(refused: "allocate a copy") { world throws(CompoundError) in
      _ = try world.allocator.allocate(copying: [1, 2, 3])
    },
    ForkRow(refused: "allocate a copy of a span") { world throws(CompoundError) in
      _ = try world.allocator.allocate(copying: [1, 2, 3].span.bytes)
    },
    ForkRow(refused: "reallocatePointer, object") { world throws(CompoundError) in
      world.pointers[0] = try world.allocator.reallocatePointer(
        world.pointers[0], byteCount: 2000)
    },
    ForkRow(refused: "reallocatePointer, run") { world throws(CompoundError) in
      world.pointers[1] = try world.allocator.reallocatePointer(
        world.pointers[1], byteCount: .page)
    },
    ForkRow(refused: "reallocatePointer, stitched") { world throws(CompoundError) in
      world.pointers[2] = try world.allocator.reallocatePointer(
        world.pointers[2], byteCount: .kibibytes(64))
    },
    ForkRow(refused: "trim") { world throws(CompoundError) in
      try world.allocator.trim()
    },
    ForkRow(refused: "footprint") { world throws(CompoundError) in
      _ = try world.allocator.footprint()
    },
    ForkRow(refused: "residentByteCountOfKernel") { world throws(CompoundError) in
      _ = try world.allocator.residentByteCountOfKernel()
    },
    ForkRow(refused: "allocate(into:)") { world throws(CompoundError) in
      try world.allocator.allocate(into: &world.slots)
    },
    ForkRow(refused: "allocate(into:), atLeast") { world throws(CompoundError) in
      try world.allocator.allocate(into: &world.pairs, demand: .atLeast(1))
    },
    ForkRow(refused: "allocate(into:), available") { world throws(CompoundError) in
      try world.allocator.allocate(into: &world.slots, demand: .available)
    },
    ForkRow(refused: "allocate(into:), available pairs") { world throws(CompoundError) in
      try world.allocator.allocate(into: &world.pairs, demand: .available)
    },
  ]

  /// What frees by address.
  static let frees = (0..<3).flatMap { kind in
    [
      ForkRow("free the memory of pointer \(kind)") { world in
        let start = world.pointers.remove(at: kind)
        let sizes = [100, 3 * 4096, 8 * 4096]
        world.allocator.deallocate(.init(start: start, count: sizes[kind]))
        return true
      },
      ForkRow("free, pointer \(kind)") { world in
        world.allocator.deallocate(world.pointers.remove(at: kind))
        return true
      },
      ForkRow("free with a size, pointer \(kind)") { world in
        let sizes: [ByteCount] = [100, .kibibytes(12), .kibibytes(32)]
        world.allocator.deallocate(world.pointers.remove(at: kind), byteCount: sizes[kind])
        return true
      },
    ]
  }

  /// What tells about an allocator and its blocks.
  static let answers =
    [
      ForkRow("statistics") { world in
        var expected = AllocatorStatistics()
        expected.capacity = .mebibytes(8)
        return world.allocator.statistics == expected
      },
      ForkRow("report") { $0.allocator.report() == "the arena is that of a parent process\n" },
      ForkRow("map") { $0.allocator.map(cellCount: 7).cells.isEmpty },
      ForkRow("census") { $0.allocator.census() == ArenaCensus() },
      ForkRow("forEachBlock") { world in
        var count = 0
        world.allocator.forEachBlock { _ in count += 1 }
        return count == 0
      },
      ForkRow("slab(containing:)") { world in
        world.allocator.slab(containing: world.pointers[0]) == nil
      },
      ForkRow("drain") { world in
        world.allocator.drain()
        return true
      },
      ForkRow("fragmentation") { $0.allocator.fragmentation == ArenaFragmentation() },
      ForkRow("availability") { world in
        world.allocator.availability(order: 0) == ArenaAvailability()
          && world.allocator.availability(order: 3) == ArenaAvailability()
      },
      ForkRow("address(of:)") { world in
        // The first frame of a run, at the address of the block.
        guard let frame = world.plainFacts.runs.first?.first else { return false }
        return world.allocator.address(of: frame) == world.plainFacts.addresses[0]
      },
    ]
    + (0..<3).flatMap { kind in
      [
        ForkRow("block(containing:), pointer \(kind)") { world in
          world.allocator.block(containing: world.pointers[kind] + 50) == nil
        },
        ForkRow("frame(ofPage:inBlockContaining:), pointer \(kind)") { world in
          world.allocator.frame(ofPage: 0, inBlockContaining: world.pointers[kind]) == nil
        },
        ForkRow("owns, pointer \(kind)") { !$0.allocator.owns($0.pointers[kind]) },
      ]
    }
}
