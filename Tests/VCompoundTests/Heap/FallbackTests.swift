// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The policies that force stitching, and the build flag.
@Suite struct FallbackTests {
  private func allocator(
    _ policy: FallbackPolicy, _ capacity: ByteCount = .mebibytes(8), seed: UInt64 = 1
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    configuration.seed = seed
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// Whether no frame is followed by the next one of the arena.
  private func haveNoNeighbours(_ frames: [PageFrame]) -> Bool {
    zip(frames, frames.dropFirst()).allSatisfy { $1 != $0 + 1 }
  }

  @Test func theBuildFlagDecidesWhatAutomaticMeans() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    for pages in 1...20 {
      let buffer = try allocator.allocate(pageCount: PageCount(pages))
      let isForced = CompoundAllocator.isFallbackAlways && pages > 1
      #expect(buffer.isStitchedForTests == isForced)
      #expect(!isForced || haveNoNeighbours(buffer.framesForTests))
    }
    #if FALLBACK_ALWAYS
      #expect(CompoundAllocator.isFallbackAlways)
    #else
      #expect(!CompoundAllocator.isFallbackAlways)
    #endif
  }

  @Test(arguments: [2, 3, 4, 17, 512, 1000, 2048])
  func alwaysStitchesSingleFramesThatAreNoNeighbours(pages: Int) throws {
    let allocator = try allocator(.always)
    let buffer = try allocator.allocate(pageCount: PageCount(pages))
    #expect(buffer.isStitched == true)
    #expect(buffer.runs.count == pages)
    let isScattered = haveNoNeighbours(buffer.framesForTests)
    #expect(isScattered)
  }

  @Test func alwaysLeavesSinglePagesAlone() throws {
    let buffer = try allocator(.always).allocate(pageCount: 1)
    #expect(buffer.isStitched == false)
    #expect(buffer.order == 0)
  }

  @Test func alwaysUsesTheVeryLastTwoNeighbours() throws {
    let allocator = try allocator(.always, .kibibytes(8))
    let buffer = try allocator.allocate(pageCount: 2)
    #expect(buffer.runs.map(\.first.rawValue) == [1, 0])
  }

  @Test func alwaysTakesLongerPiecesWhereSingleFramesWouldUseUpTheBudget() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    configuration.mappingLimit = 160
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(8), configuration: configuration)
    let buffer = try allocator.allocate(pageCount: 1000)
    // A quarter of the mappings is spared, half of the others used: 60 pieces of 17 pages.
    #expect(buffer.runs.count == 59)
    let small = try allocator.allocate(pageCount: 2)
    #expect(small.runs.count == 2)
  }

  @Test func neverRefusesWhatOnlyStitchingCouldServe() throws {
    let allocator = try allocator(.never, .mebibytes(2))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    #expect(
      throws: CompoundError.outOfMemory(
        asked: 2, free: 256, largestRun: 1, limit: .contiguity)
    ) { try allocator.allocatePointer(byteCount: .kibibytes(8)) }
    allocator.deallocate(all: kept)
  }

  @Test func neverMakesMemoryResidentForAContiguousRun() throws {
    let allocator = try allocator(.never, .mebibytes(8))
    let first = try allocator.allocate(pageCount: 300)
    let second = try allocator.allocate(pageCount: 1000)
    #expect(second.isStitched == false)
    _ = consume first
    _ = consume second
    allocator.heapForTests.validate()
  }

  @Test func theNthRequestOfMoreThanOnePageIsStitched() throws {
    let allocator = try allocator(.nthRequest(3))
    var kinds: [Bool] = []
    for pages in [2, 1, 2, 1, 2, 2, 2] {
      kinds.append(try allocator.allocate(pageCount: PageCount(pages)).isStitchedForTests)
    }
    #expect(kinds == [false, false, false, false, true, false, false])
  }

  @Test func probabilityIsSeededAndKept() throws {
    func kinds(seed: UInt64, share: Double) throws -> [Bool] {
      let allocator = try allocator(.probability(share), seed: seed)
      var kinds: [Bool] = []
      for _ in 0..<1000 {
        kinds.append(try allocator.allocate(pageCount: 2).isStitchedForTests)
      }
      return kinds
    }
    let first = try kinds(seed: 1, share: 0.3)
    #expect(try kinds(seed: 1, share: 0.3) == first)
    #expect(try kinds(seed: 2, share: 0.3) != first)
    // Binomial: mean 300, standard deviation 14.5; six of those on either side.
    #expect((213...387).contains(first.count { $0 }))
    #expect(try kinds(seed: 1, share: 0).allSatisfy { !$0 })
    #expect(try kinds(seed: 1, share: 1).allSatisfy { $0 })
  }
}

extension CompoundBuffer {
  /// `isStitched`, in a form that the test macros can use on a value that cannot be copied.
  var isStitchedForTests: Bool { isStitched }

  /// The frames behind all pages.
  var framesForTests: [PageFrame] { (0..<pageCount.rawValue).map { frame(ofPage: $0) } }
}
