// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

#if DEBUG
  /// Writes past the end of blocks and to freed memory, which debug builds find.
  @Suite struct WriteMistakeTests {
    /// One byte past a block that is not whole pages, anywhere up to the end of its last page.
    @Test(arguments: [(5000, 5000), (5000, 8191), (8191, 8191), (4097, 4100), (70_000, 73_000)])
    func aWritePastABlockIsFoundWhenItIsFreed(size: Int, place: Int) async {
      for isForced in [false, true] {
        let result = await #expect(
          processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [size, place, isForced = isForced as Bool] in
          let allocator = try Self.allocator(isForced ? .always : .whenNeeded)
          let pointer = try allocator.allocatePointer(byteCount: ByteCount(size))
          pointer.storeBytes(of: 1, toByteOffset: place, as: UInt8.self)
          allocator.deallocate(pointer)
        }
        #expect(lastWords(result, say: "VCompound: ", "0x", "written to past its end", "\(place)"))
      }
    }

    @Test(arguments: 0..<3)
    func aWritePastABufferIsFoundHoweverItEnds(way: Int) async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) { [way] in
        let allocator = try Self.allocator(.whenNeeded)
        var buffer = try allocator.allocate(byteCount: 5000)
        buffer.baseAddress.storeBytes(of: 1, toByteOffset: 5000, as: UInt8.self)
        switch way {
        case 0: break
        case 1: try buffer.resize(toByteCount: 50_000)
        default: try buffer.resize(toByteCount: 4500)
        }
        _ = consume buffer
      }
      #expect(lastWords(result, say: "VCompound: ", "0x", "written to past its end"))
    }

    /// After growing and shrinking the end is where the size says.
    @Test func anEndThatHasMovedIsWatchedToo() async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        let allocator = try Self.allocator(.whenNeeded)
        var pointer = try allocator.allocatePointer(byteCount: 5000)
        for size in [5001, 9000, 30_000, 7000] {
          pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(size))
          pointer.initializeMemory(as: UInt8.self, repeating: 1, count: size)
        }
        pointer.storeBytes(of: 1, toByteOffset: 7000, as: UInt8.self)
        allocator.deallocate(pointer)
      }
      #expect(lastWords(result, say: "VCompound: ", "0x", "of 7000 bytes", "past its end"))
    }

    /// Writing all that was asked for is no mistake, whatever happens to the size.
    @Test func aBlockThatIsUsedToItsEndIsFine() throws {
      for policy in [FallbackPolicy.whenNeeded, .always] {
        let allocator = try Self.allocator(policy)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<300 {
          var size = Int.random(in: 1...60_000, using: &random)
          var pointer = try allocator.allocatePointer(byteCount: ByteCount(size), zeroed: true)
          for _ in 0..<4 {
            pointer.initializeMemory(as: UInt8.self, repeating: 1, count: size)
            size = Int.random(in: 1...60_000, using: &random)
            pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(size))
          }
          allocator.deallocate(pointer, byteCount: ByteCount(size))
        }
      }
    }

    /// A freed page of the linear map that was written to is found before it is used again.
    @Test(arguments: [4096, 16_384, 2_000_000], 0..<3)
    func aWriteToFreedPagesIsFoundBeforeTheyAreUsedAgain(size: Int, way: Int) async {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) { [size, way] in
        let allocator = try Self.allocator(.whenNeeded)
        let pointer = try allocator.allocatePointer(byteCount: ByteCount(size))
        allocator.deallocate(pointer)
        pointer.storeBytes(of: 1, toByteOffset: size - 1, as: UInt8.self)
        switch way {
        case 0: _ = try allocator.allocate(byteCount: ByteCount(size))
        case 1: _ = try allocator.allocate(byteCount: .mebibytes(2))
        default:
          var slots = PageSlots(count: 512, allocator: allocator)
          try allocator.allocate(into: &slots)
        }
      }
      #expect(lastWords(result, say: "VCompound: ", "0x", "was written to"))
    }

    /// The window of a freed stitched block is gone.
    @Test(arguments: [2, 40, 512])
    func theWindowOfAFreedBlockFaults(pages: Int) async {
      await #expect(processExitsWith: .signal(11)) { [pages] in
        let allocator = try Self.allocator(.always)
        let pointer = try allocator.allocatePointer(byteCount: PageCount(pages).byteCount)
        allocator.deallocate(pointer)
        pointer.storeBytes(of: 1, toByteOffset: (pages - 1) << 12, as: UInt8.self)
      }
    }

    private static func allocator(_ policy: FallbackPolicy) throws -> CompoundAllocator {
      var configuration = AllocatorConfiguration()
      configuration.fallback = policy
      return try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    }
  }
#endif
