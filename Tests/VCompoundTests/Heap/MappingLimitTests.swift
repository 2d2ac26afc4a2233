// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What happens at the kernel's own limit on mappings, reached for real.
///
/// In processes of their own: at the limit not even a thread can be started.
@Suite struct MappingLimitTests {
  @Test func othersUsingAllMappingsIsAnErrorAndNothingIsLost() async {
    await #expect(processExitsWith: .success) {
      let limit = readMaximumMapCount()
      try #require(limit <= 300_000, "too many mappings to use up: \(limit)")
      let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
      let kernel = KernelView(allocator)
      let kept = try allocator.fragment { $0 < 512 ? $0 % 2 == 0 : $0 % 16 < 8 }
      let before = try allocator.allocate(pageCount: 100)

      let hog = try #require(MappingHog())
      // Nothing can be mapped any more; what needs no mapping still works.
      #expect(throws: CompoundError.systemCall(.mapRun, errno: ENOMEM)) {
        try allocator.allocatePointer(byteCount: PageCount(200).byteCount)
      }
      let small = try allocator.allocatePointer(byteCount: .kibibytes(8))
      allocator.deallocate(small)
      // A block stitched before can go, and its window is unmapped although none can be mapped.
      _ = consume before
      allocator.heapForTests.windows.tearDownRetired()
      hog.release()

      allocator.heapForTests.validate()
      #expect(kernel.mappings.count == 1)
      #expect(allocator.statistics.mappings == 0)
      let after = try allocator.allocate(byteCount: allocator.statistics.free)
      #expect(after.isStitched == true)
      _ = consume after
      allocator.deallocate(all: kept)
      allocator.heapForTests.validate()
    }
  }

  @Test func othersUsingAllMappingsRefuseNothingThatCanBeExchanged() async {
    await #expect(processExitsWith: .success) {
      let limit = readMaximumMapCount()
      try #require(limit <= 300_000, "too many mappings to use up: \(limit)")
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
      let kept = try allocator.fragment { $0 % 2 == 0 }
      let hog = try #require(MappingHog())
      for pages in [2, 300, 1000, 2048] {
        var buffer = try allocator.allocate(pageCount: PageCount(pages))
        buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: pages) }
        let holds = buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: pages) }
        #expect(holds)
      }
      hog.release()
      allocator.deallocate(all: kept)
      allocator.heapForTests.validate()
    }
  }

  @Test func aBudgetOfAlmostAllMappingsCanBeUsed() async {
    await #expect(processExitsWith: .success) {
      let limit = readMaximumMapCount()
      try #require(limit <= 300_000, "too many mappings to use up: \(limit)")
      var configuration = AllocatorConfiguration()
      configuration.fallback = .whenNeeded
      configuration.mappingLimit = limit - 2000
      configuration.mayExchange = false
      // Every other page free: as many runs as there are mappings, and more.
      let allocator = try CompoundAllocator(
        capacity: PageCount(2 * limit + 4000).byteCount, configuration: configuration)
      let kept = try allocator.fragment { $0 % 2 == 0 }
      let pages = limit - 2001
      do {
        var buffer = try allocator.allocate(pageCount: PageCount(pages))
        #expect(buffer.runs.count == pages)
        buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: 1) }
        let holds = buffer.withUnsafeBytes {
          stampsHold($0, pages: pages, block: 1)
        }
        #expect(holds)
        #expect(
          throws: CompoundError.mappingBudget(needed: 3, available: 0, limit: limit - 2000)
        ) { try allocator.allocatePointer(byteCount: .kibibytes(8)) }
      }
      let again = try allocator.allocate(pageCount: 1000)
      _ = consume again
      allocator.deallocate(all: kept)
      allocator.heapForTests.validate()
    }
  }
}

/// Maps pages of alternating access until the kernel refuses.
private struct MappingHog {
  private static let byteCount = 1 << 30
  private let start: UnsafeMutableRawPointer

  init?() {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let start = mmap(nil, Self.byteCount, PROT_NONE, flags, -1, 0), start != MAP_FAILED
    else { return nil }
    self.start = start
    // Every other page readable: each one is two mappings more. The last refusals are for one.
    for page in stride(from: 4096, to: Self.byteCount, by: 8192) {
      if mprotect(start + page, 4096, PROT_READ) != 0 { break }
    }
    // And single ones, until really nothing goes.
    while mmap(nil, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED {}
  }

  func release() {
    munmap(start, Self.byteCount)
  }
}
