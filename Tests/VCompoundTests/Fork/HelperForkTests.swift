// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Which processes have a helper thread, and for how long.
@Suite struct HelperForkTests {
  private func open(decay: Duration) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.upkeep = ArenaUpkeep()
    configuration.upkeep?.decay = decay
    return try CompoundAllocator(capacity: .mebibytes(32), configuration: configuration)
  }

  /// Children have no helper: nothing that they drop waits for one.
  @Test func aChildHasNone() throws {
    let allocator = try open(decay: .milliseconds(8))
    let end = inChild {
      guard threadCount() == 1 else { return 1 }
      guard (try? allocator.allocate(pageCount: 3)) == nil else { return 2 }
      guard (try? allocator.trim()) == nil else { return 3 }
      // Its own begin theirs, and end.
      guard let own = try? open(decay: .milliseconds(8)), threadCount() == 2 else { return 4 }
      guard (try? own.allocate(pageCount: 30)) != nil else { return 5 }
      return 0
    }
    #expect(end == .exit(0))
  }

  /// Threads that come and go with it lose nothing, and none outlives it.
  @Test func itEndsWithTheFrontDoor() throws {
    let end = inChild {
      for _ in 0..<200 {
        guard let allocator = try? open(decay: .milliseconds(1)), threadCount() == 2,
          var buffer = try? allocator.allocate(pageCount: 5000)
        else { return 1 }
        buffer.withUnsafeMutableBytes { writeStamps($0, pages: 5000, block: 1) }
      }
      return threadCount() == 1 ? 0 : 2
    }
    #expect(end == .exit(0))
  }

  @Test func withoutItThereIsNoThread() throws {
    let end = inChild {
      let allocator = try? CompoundAllocator(capacity: .mebibytes(1))
      return allocator != nil && threadCount() == 1 ? 0 : 1
    }
    #expect(end == .exit(0))
  }
}

/// The threads of this process.
private func threadCount() -> Int {
  guard let directory = opendir("/proc/self/task") else { return -1 }
  defer { closedir(directory) }
  var count = 0
  while readdir(directory) != nil { count += 1 }
  return count - 2
}
