// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// The stacks of free blocks that a thread keeps.
@Suite struct MagazineTests {
  @Test(arguments: [1, 2, 17, 18, 100, 256, 300, 1024])
  func aMagazineIsAStackOfItsCapacity(pageCount: Int) {
    var magazine = Magazine()
    let capacity = Int(Magazine.capacity(forPageCount: pageCount))
    #expect((1...15).contains(capacity))
    let first = magazine.pop()
    #expect(first == nil)
    for frame in 0..<capacity {
      let hasRoom = magazine.push(Frame(frame * 7), pageCount: pageCount)
      #expect(hasRoom)
    }
    let hasRoom = magazine.push(Frame(1), pageCount: pageCount)
    #expect(!hasRoom)
    for frame in (0..<capacity).reversed() {
      let popped = magazine.pop()
      #expect(popped == Frame(frame * 7))
    }
    let nothing = magazine.pop()
    #expect(nothing == nil)
  }

  @Test func aMagazineFillsACacheLine() {
    #expect(MemoryLayout<Magazine>.stride == 64)
  }

  @Test func smallBlocksAreKeptInNumbersAndLargeOnesSparingly() {
    #expect(Magazine.capacity(forPageCount: 1) == 15)
    #expect(Magazine.capacity(forPageCount: 64) == 4)
    #expect(Magazine.capacity(forPageCount: 1024) == 1)
  }

  @Test func aCacheKeepsItsLimitAndGivesEverythingUp() throws {
    let storage = try LoneCache()
    #expect(storage.put(Frame(0), 60))
    #expect(!storage.put(Frame(60), 60))
    #expect(storage.put(Frame(60), 40, owner: .buffer))
    #expect(storage.cachedPages == 100)
    // Of small blocks there may be more.
    #expect(storage.put(Frame(100), 8))
    #expect(!storage.put(Frame(108), 9))
    #expect(storage.take(40) == Frame(60))
    #expect(storage.take(40) == nil)
    var drained: [Int: Int] = [:]
    storage.cache.pointee.drain { drained[$0.rawValue] = $1 }
    #expect(drained == [0: 60, 100: 8])
    #expect(storage.cachedPages == 0)
    #expect(storage.take(60) == nil)
  }

  @Test func aClosedCacheRefuses() throws {
    let storage = try LoneCache()
    #expect(storage.put(Frame(5), 2))
    storage.cache.pointee.gate.shut()
    #expect(storage.take(2) == nil)
    #expect(!storage.put(Frame(9), 2))
    storage.cache.pointee.gate.open()
    #expect(storage.take(2) == Frame(5))
  }
}

/// A cache of no heap.
private final class LoneCache {
  let cache: ThreadCache.Pointer

  init() throws {
    let home = CacheHome(heap: 0) { _, _ in }
    cache = try ThreadCache.map(
      limits: MagazineLimits(capacity: 1600), heapNumber: .max, home: home, system: OperatingSystem())
  }

  deinit { ThreadCache.unmap(cache, system: OperatingSystem()) }

  func put(_ frame: Frame, _ pageCount: Int, owner: BlockOwner = .pointer) -> Bool {
    cache.pointee.put(frame, pageCount, owner: owner)
  }

  func take(_ pageCount: Int) -> Frame? { cache.pointee.take(pageCount, owner: .pointer) }

  var cachedPages: Int { cache.pointee.cachedPages.load(ordering: .relaxed) }
}
