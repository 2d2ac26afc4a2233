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
    let storage = try CacheStorage(pageLimit: 100, system: OperatingSystem())
    #expect(storage.put(Frame(0), 60, isOwned: false))
    #expect(!storage.put(Frame(60), 60, isOwned: false))
    #expect(storage.put(Frame(60), 40, isOwned: true))
    #expect(storage.cachedPages == 100)
    #expect(storage.take(40, isOwned: false) == Frame(60))
    #expect(storage.take(40, isOwned: false) == nil)
    var drained: [Int: Int] = [:]
    storage.cache.pointee.drain { drained[$0.rawValue] = $1 }
    #expect(drained == [0: 60])
    #expect(storage.cachedPages == 0)
    #expect(storage.take(60, isOwned: false) == nil)
  }

  @Test func aClosedCacheRefuses() throws {
    let storage = try CacheStorage(pageLimit: 100, system: OperatingSystem())
    #expect(storage.put(Frame(5), 2, isOwned: false))
    storage.cache.pointee.gate.shut()
    #expect(storage.take(2, isOwned: false) == nil)
    #expect(!storage.put(Frame(9), 2, isOwned: false))
    storage.cache.pointee.gate.open()
    #expect(storage.take(2, isOwned: false) == Frame(5))
  }
}

/// The cache's members in a form that the test macros can use, which copy what they look at.
extension CacheStorage {
  fileprivate func put(_ frame: Frame, _ pageCount: Int, isOwned: Bool) -> Bool {
    cache.pointee.put(frame, pageCount, isOwned: isOwned)
  }

  fileprivate func take(_ pageCount: Int, isOwned: Bool) -> Frame? {
    cache.pointee.take(pageCount, isOwned: isOwned)
  }

  fileprivate var cachedPages: Int { cache.pointee.cachedPages.load(ordering: .relaxed) }
}
