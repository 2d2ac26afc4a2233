// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Numbers that make no sense are taken as the nearest that do, or refused; none stops the program.
@Suite struct NumberTests {
  /// How 100 pages are served under a slack, where 256 scattered ones are free and resident.
  ///
  /// - Returns: whether the block is stitched, rather than memory made resident.
  private static func isStitched(withSlack slack: Double) throws -> Bool {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.residencySlack = slack
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    var pages: [UnsafeMutableRawPointer] = []
    for _ in 0..<512 { pages.append(try allocator.allocatePointer(byteCount: .page)) }
    for number in stride(from: 0, to: 512, by: 2) { allocator.deallocate(pages[number]) }
    let buffer = try allocator.allocate(pageCount: 100)
    let isStitched = buffer.isStitched
    _ = consume buffer
    for number in stride(from: 1, to: 512, by: 2) { allocator.deallocate(pages[number]) }
    return isStitched
  }

  @Test(arguments: ["inf", "1e30", "1e18", "4e15"])
  func aHugeSlackIsTheCapacity(slack: String) async {
    await #expect(processExitsWith: .success) { [slack] in
      let isStitched = try Self.isStitched(withSlack: try #require(Double(slack)))
      #expect(!isStitched)
    }
  }

  @Test(arguments: ["nan", "-1", "-inf", "-1e30", "0"])
  func aNegativeSlackIsNone(slack: String) async {
    await #expect(processExitsWith: .success) { [slack] in
      let isStitched = try Self.isStitched(withSlack: try #require(Double(slack)))
      #expect(isStitched)
    }
  }

  @Test(arguments: [-1, 0, .min, .max])
  func theNthRequestThatNeverComes(number: Int) async {
    await #expect(processExitsWith: .success) { [number] in
      let count = try Self.stitchedBlocks(.nthRequest(number))
      #expect(count == 0)
    }
  }

  @Test(arguments: [("nan", 0), ("-1", 0), ("-inf", 0), ("7", 20), ("inf", 20)])
  func probabilitiesThatAreNone(share: String, expected: Int) async {
    await #expect(processExitsWith: .success) { [share, expected] in
      let count = try Self.stitchedBlocks(.probability(try #require(Double(share))))
      #expect(count == expected)
    }
  }

  /// How many of twenty blocks of two pages are stitched.
  private static func stitchedBlocks(_ policy: FallbackPolicy) throws -> Int {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    for _ in 0..<20 { _ = try allocator.allocate(pageCount: 2) }
    return allocator.statistics.stitchedAllocations
  }

  @Test(arguments: [20, 50, 51])
  func aPoolOfPagesLargerThanTheArenaIsRefused(order: Int) async {
    await #expect(processExitsWith: .success) { [order] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var failure: CompoundPoolError?
      do throws(CompoundPoolError) {
        _ = try PagePool(
          allocator: allocator, order: PageOrder(order), limits: .init(out: 1, kept: 1))
      } catch { failure = error }
      guard case .allocation(.invalidSize(_, capacity: .mebibytes(2)))? = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
    }
  }

  @Test(arguments: [20, 50, 51])
  func slotsOfPagesLargerThanTheArenaStayEmpty(order: Int) async {
    await #expect(processExitsWith: .success) { [order] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 3, order: PageOrder(order), allocator: allocator)
      #expect(slots.bytesPerPage > .mebibytes(2))
      for demand in [BulkDemand.all, .atLeast(1)] {
        var failure: CompoundError?
        do throws(CompoundError) { try allocator.allocate(into: &slots, demand: demand) } catch {
          failure = error
        }
        guard case .invalidSize(_, capacity: .mebibytes(2))? = failure else {
          Issue.record("\(String(describing: failure))")
          return
        }
      }
      #expect(slots.filledCount == 0)
      #expect(slots.ioVectors().isEmpty)
      slots.removeAll()
    }
  }

  /// Requests of every kind with sizes at the ends of what an integer holds.
  @Test func sizesAtTheEndsAreRefused() async {
    await #expect(processExitsWith: .success) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 5000)
      for size in [Int.min, -1, 0, Int.max - 4095, Int.max - 1, Int.max].map({ ByteCount($0) }) {
        let refusal = CompoundError.invalidSize(size, capacity: .mebibytes(2))
        #expect(throws: refusal) { _ = try allocator.allocatePointer(byteCount: size) }
        #expect(throws: refusal) { _ = try allocator.reallocatePointer(pointer, byteCount: size) }
      }
      for count in [Int.min, -1, 0, Int.max >> 12 + 1, Int.max] {
        #expect(throws: CompoundError.self) {
          _ = try allocator.allocate(pageCount: PageCount(count))
        }
      }
      #expect(allocator.statistics.failures == 0)
      allocator.deallocate(pointer)
    }
  }

  /// A limit on the size of files ends no process.
  @Test func aLimitOnFilesIsAnError() async {
    await #expect(processExitsWith: .success) {
      // As in most processes, where the signal that goes with the error ends them.
      signal(SIGXFSZ, SIG_DFL)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      limit.rlim_cur = 1 << 20
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #expect(throws: CompoundError.systemCall(.resizeFile, errno: EFBIG)) {
        _ = try CompoundAllocator(capacity: .mebibytes(4))
      }
      // What fits is served.
      let allocator = try CompoundAllocator(capacity: .kibibytes(512))
      _ = try allocator.allocate(byteCount: .kibibytes(512))
    }
  }
}
