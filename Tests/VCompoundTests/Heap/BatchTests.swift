// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Bursts of blocks of pages, longer than a magazine: checked builds take them one by one.
@Suite struct BatchTests {
  @Test(arguments: [1, 4, 16, 64, 300], [BlockOwner.pointer, .buffer])
  func burstsAreCountedExactly(pageCount: Int, owner: BlockOwner) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(256))
    let size = ByteCount(pageCount * 4096)
    let rounds = 5
    let length = min(200, 8192 / pageCount)
    for round in 1...rounds {
      var buffers: [DropBox<CompoundBuffer>] = []
      var pointers: [UnsafeMutableRawPointer] = []
      for _ in 0..<length {
        // A page's alignment: no object.
        if owner == .buffer {
          buffers.append(DropBox(try allocator.allocate(byteCount: size, alignment: .page)))
        } else {
          pointers.append(try allocator.allocatePointer(byteCount: size, alignment: .page))
        }
      }
      let addresses =
        buffers.map { $0.value!.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } }
        + pointers.map { UInt(bitPattern: $0) }
      let sorted = addresses.sorted()
      #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= UInt(size.rawValue) })
      var statistics = allocator.statistics
      #expect(statistics.contiguousAllocations == round * length)
      #expect(statistics.frees == (round - 1) * length)
      #expect(statistics.liveBlocks == length)
      #expect(statistics.live == ByteCount(length * size.rawValue))
      allocator.heapForTests.validate()
      buffers = []
      allocator.deallocate(all: pointers)
      statistics = allocator.statistics
      #expect(statistics.frees == round * length && statistics.liveBlocks == 0)
    }
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  /// The blocks of four pages in the thread's magazine after one was taken that it did not have.
  private func kept(_ allocator: CompoundAllocator, burst length: Int) throws -> Int {
    for _ in 0..<5 {
      let blocks = try (0..<length).map { _ in try allocator.allocatePointer(byteCount: 16384) }
      allocator.deallocate(all: blocks)
    }
    var blocks: [UnsafeMutableRawPointer] = []
    func count() -> Int {
      allocator.heapForTests.threads.withAll { forEach in
        var count = 0
        forEach { count += PageMagazines(of: $0)[4].count }
        return count
      }
    }
    repeat { blocks.append(try allocator.allocatePointer(byteCount: 16384)) } while count() > 0
    blocks.append(try allocator.allocatePointer(byteCount: 16384))
    defer { allocator.deallocate(all: blocks) }
    return count()
  }

  @Test func someMoreAreTakenForTheNext() throws {
    guard !CheckedBuild.isOn else { return }
    let kept = try kept(.contiguousFirst(.mebibytes(64)), burst: 100)
    #expect((1...16).contains(kept), "\(kept) of a magazine of 32")
  }

  /// Of the last eighth of the arena nothing is kept that nobody asked for.
  @Test func nothingMoreIsTakenWhereMemoryIsShort() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    let rest = try allocator.allocate(byteCount: .mebibytes(57))
    #expect(try kept(allocator, burst: 100) == 0)
    #expect(rest.byteCount == .mebibytes(57))
  }

  /// Wholly free slabs of a page go and come several at a time.
  @Test func burstsOfObjectsOfAPage() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    for _ in 0..<4 {
      let objects = try (0..<2000).map { _ in try allocator.allocatePointer(byteCount: 4000) }
      #expect(Set(objects).count == 2000)
      #expect(allocator.statistics.liveObjects == 2000)
      allocator.deallocate(all: objects)
      #expect(allocator.statistics.liveBlocks == 0)
      allocator.heapForTests.validate()
    }
    allocator.drainCaches()
    #expect(allocator.statistics.slabs == 0)
  }

  /// While another thread looks at all that is free, no slab is taken that nobody asked for.
  @Test func whileMagazinesAreShutNoMoreSlabsAreTaken() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(64))
    let heap = allocator.heapForTests
    for _ in 0..<6 {
      let objects = try (0..<200).map { _ in try allocator.allocatePointer(byteCount: 4000) }
      allocator.deallocate(all: objects)
    }
    var blocks: [UnsafeMutableRawPointer] = []
    while heap.objects.spareCount.load(ordering: .relaxed) > 0 || blocks.count < 400 {
      blocks.append(try allocator.allocatePointer(byteCount: 4000))
    }
    let kind = SizeClass.covering(4000 + ObjectChecks.redzone)
    let slab = try #require(
      heap.pages.withLock { $0.takeRun(heap.objects.shape(kind).pageCount, to: .slabs) })
    let before = allocator.statistics.slabs
    heap.withThreadCachesPaused(emptying: .none) { heap.enter(slab: slab, kind) }
    // The one slab is in its account since it was taken.
    #expect(allocator.statistics.slabs == before)
    allocator.deallocate(all: blocks)
  }
}
