// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// The stacks of free blocks that a thread keeps.
@Suite struct MagazineTests {
  @Test(arguments: [1, 2, 17, 18, 100, 256, 300, 1024])
  func aMagazineIsAStackOfItsCapacity(pageCount: Int) throws {
    let storage = try LoneCache(MagazineLimits(capacity: 1_000_000))
    let capacity = PageMagazines.capacity(forPageCount: pageCount)
    #expect((1...32).contains(capacity))
    #expect(storage.take(pageCount) == nil)
    for _ in 0..<5 { PageMagazines(of: storage.cache).noteMiss(pageCount) }
    for frame in 0..<capacity { #expect(storage.put(PageFrame(frame * 7), pageCount)) }
    #expect(!storage.put(PageFrame(9999), pageCount))
    for frame in (0..<capacity).reversed() {
      #expect(storage.take(pageCount) == PageFrame(frame * 7))
    }
    #expect(storage.take(pageCount) == nil)
    let traffic = PageMagazines(of: storage.cache).traffic
    #expect(traffic.taken == capacity && traffic.put == capacity)
  }

  @Test func aThreadThatOnlyFreesKeepsTwo() throws {
    let storage = try LoneCache()
    let magazines = PageMagazines(of: storage.cache)
    for frame in 0..<5 { #expect(storage.put(PageFrame(frame), 1) == (frame < 2)) }
    #expect(!magazines.open(1))
    magazines.noteMiss(1)
    for frame in 5..<10 { #expect(storage.put(PageFrame(frame), 1) == (frame < 7)) }
  }

  @Test func smallBlocksAreKeptInNumbersAndLargeOnesSparingly() {
    #expect(PageMagazines.capacity(forPageCount: 1) == 32)
    #expect(PageMagazines.capacity(forPageCount: 64) == 4)
    #expect(PageMagazines.capacity(forPageCount: 1024) == 1)
  }

  @Test func aCacheKeepsItsLimitAndGivesEverythingUp() throws {
    let storage = try LoneCache()
    #expect(storage.put(PageFrame(0), 60))
    #expect(!storage.put(PageFrame(60), 60))
    #expect(storage.put(PageFrame(60), 40, owner: .buffer))
    #expect(storage.cachedPages == 100)
    // Of small blocks there may be more.
    #expect(storage.put(PageFrame(100), 8))
    #expect(!storage.put(PageFrame(108), 9))
    #expect(storage.take(40) == PageFrame(60))
    #expect(storage.take(40) == nil)
    var drained: [Int: Int] = [:]
    PageMagazines(of: storage.cache).drain { drained[Int($0 >> 12) - 1] = $1 }
    #expect(drained == [0: 60, 100: 8])
    #expect(storage.cachedPages == 0)
    #expect(storage.take(60) == nil)
  }

  @Test func aClosedCacheRefuses() throws {
    let storage = try LoneCache()
    #expect(storage.put(PageFrame(5), 2))
    storage.cache.pointee.gate.shut()
    #expect(storage.take(2) == nil)
    #expect(!storage.put(PageFrame(9), 2))
    storage.cache.pointee.gate.open()
    #expect(storage.take(2) == PageFrame(5))
  }
}

/// A cache of no heap.
private final class LoneCache {
  let cache: ThreadCache.Pointer

  init(_ limits: MagazineLimits = MagazineLimits(capacity: 1600)) throws {
    let home = CacheHome(heap: 0) { _, _ in }
    cache = try ThreadCache.map(
      limits: limits, heapNumber: .max, home: home, system: OperatingSystem())
  }

  deinit { ThreadCache.unmap(cache, system: OperatingSystem()) }

  // Frames have the addresses behind the first page.

  func put(_ frame: PageFrame, _ pageCount: Int, owner: BlockOwner = .pointer) -> Bool {
    let magazines = PageMagazines(of: cache)
    let block = UInt(frame.rawValue + 1) << 12
    return magazines.put(block, pageCount, owner) {}
      || magazines.open(pageCount) && magazines.put(block, pageCount, owner) {}
  }

  func take(_ pageCount: Int) -> PageFrame? {
    PageMagazines(of: cache).take(pageCount, .pointer).map { PageFrame(Int($0 >> 12) - 1) }
  }

  var cachedPages: Int { cache.pointee.cachedPages.load(ordering: .relaxed) }
}
