// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks that are freed twice, adopted though they are free, or belong to a buffer.
@Suite struct OwnerMistakeTests {
  /// Runs a mistake with a block of so many bytes in a process that it must end.
  private enum Mistake: String, CaseIterable, Codable, Sendable {
    case freeTwice, adoptFree, adoptTwice, adoptOwned, freeOwned, reallocateOwned

    func make(_ byteCount: ByteCount) throws {
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
      switch self {
      case .freeTwice, .adoptFree:
        let pointer = try allocator.allocatePointer(byteCount: byteCount)
        allocator.deallocate(pointer)
        if self == .freeTwice {
          allocator.deallocate(pointer)
        } else {
          _ = allocator.adopt(pointer)
        }
      case .adoptTwice:
        let pointer = try allocator.allocatePointer(byteCount: byteCount)
        let first = allocator.adopt(pointer)
        let second = allocator.adopt(pointer)
        _ = (first.byteCount, second.byteCount)
      case .adoptOwned, .freeOwned, .reallocateOwned:
        let buffer = try allocator.allocate(byteCount: byteCount)
        if self == .adoptOwned { _ = allocator.adopt(buffer.baseAddress) }
        if self == .freeOwned { allocator.deallocate(buffer.baseAddress) }
        if self == .reallocateOwned {
          _ = try allocator.reallocatePointer(buffer.baseAddress, byteCount: 6000)
        }
        _ = buffer.byteCount
      }
    }

    /// What the message begins with.
    var words: String {
      switch self {
      case .freeTwice, .freeOwned: "VCompound: cannot free 0x"
      case .adoptFree, .adoptTwice, .adoptOwned: "VCompound: cannot adopt 0x"
      case .reallocateOwned: "VCompound: cannot reallocate 0x"
      }
    }
  }

  /// Blocks that have pages of their own: every build knows their owner.
  @Test(arguments: Mistake.allCases)
  private func withPagesStopsEveryBuild(mistake: Mistake) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [mistake] in try mistake.make(10_000) }
    #expect(lastWords(result, say: mistake.words))
  }

  #if DEBUG
    @Test(arguments: Mistake.allCases, [1, 100, 3000])
    private func withAnObjectStopsCheckedBuilds(mistake: Mistake, size: Int) async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) { [mistake, size] in try mistake.make(ByteCount(size)) }
      #expect(lastWords(result, say: mistake.words))
    }
  #else
    /// A double free right after the free is seen on top of the thread's magazine.
    @Test(arguments: [8, 100, 3000])
    func freeingAnObjectTwiceInARowStops(size: Int) async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) { [size] in
        let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
        // The magazine exists by then.
        let other = try allocator.allocatePointer(byteCount: ByteCount(size))
        let pointer = try allocator.allocatePointer(byteCount: ByteCount(size))
        allocator.deallocate(other)
        allocator.deallocate(pointer)
        allocator.deallocate(pointer)
      }
      #expect(lastWords(result, say: "VCompound: ", "0x"))
    }
  #endif
}
