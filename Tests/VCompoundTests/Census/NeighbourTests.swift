// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Which objects share a slab, and what a cache gains that asks.
@Suite struct NeighbourTests {
  private func open(_ capacity: ByteCount) throws -> CompoundAllocator {
    try CompoundAllocator.ofBuild(capacity)
  }

  @Test func aSlabNamesItsBlocksInUse() throws {
    let allocator = try open(.mebibytes(4))
    var objects = try (0..<500).map { _ in try allocator.allocatePointer(byteCount: 200) }
    let size = SizeClass.byteCount(SizeClass.covering(200 + ObjectChecks.redzone))
    for _ in 0..<3 {
      var named: Set<UnsafeMutableRawPointer> = []
      for object in objects {
        let slab = try #require(allocator.slab(containing: object + 100))
        #expect(slab.blocks.contains(object) && slab.bytesPerBlock.rawValue == size)
        #expect(slab.blocks.count <= slab.capacity && slab.blocks == slab.blocks.sorted())
        let bytes = slab.pages.pageCount.byteCount.rawValue
        #expect(slab.capacity == bytes / size)
        #expect(slab.blocks.allSatisfy { slab.baseAddress <= $0 && $0 < slab.baseAddress + bytes })
        #expect(allocator.address(of: slab.pages.first) == slab.baseAddress)
        named.formUnion(slab.blocks)
      }
      // What was freed is in a magazine or the depot, and is not named.
      #expect(named == Set(objects))
      for _ in 0..<150 { allocator.deallocate(objects.remove(at: objects.count / 2)) }
    }
    allocator.deallocate(all: objects)
  }

  @Test func whatIsNoObjectHasNoSlab() throws {
    let allocator = try open(.mebibytes(4))
    let pages = try allocator.allocatePointer(byteCount: 40_000)
    let object = try allocator.allocatePointer(byteCount: 100)
    #expect(allocator.slab(containing: pages) == nil)
    var local = 0
    withUnsafeBytes(of: &local) { bytes in
      if let start = bytes.baseAddress { #expect(allocator.slab(containing: start) == nil) }
    }
    let address = try #require(allocator.slab(containing: object)).baseAddress
    allocator.deallocate(object)
    allocator.drain()
    #expect(allocator.slab(containing: address) == nil)
    allocator.deallocate(pages)
  }

  /// A full cache of small values, all of one arena, that has to give up so much.
  private final class Cache: @unchecked Sendable {
    enum Order: CaseIterable { case random, oldest, neighbours }
    let allocator: CompoundAllocator
    var values: [UnsafeMutableRawPointer] = []
    /// Where each value stands among the values, -1 for one that is gone.
    var places: [UnsafeMutableRawPointer: Int] = [:]
    var evicted = 0

    init(_ capacity: ByteCount, byteCount: ByteCount) throws {
      allocator = try CompoundAllocator(capacity: capacity)
      while let value = try? allocator.allocatePointer(byteCount: byteCount) {
        values.append(value)
      }
      for (place, value) in values.enumerated() { places[value] = place }
    }

    func evict(_ value: UnsafeMutableRawPointer) {
      guard let place = places.removeValue(forKey: value) else { return }
      if places.isEmpty == false, place < values.count - 1 {
        values[place] = values[values.count - 1]
        places[values[place]] = place
      }
      values.removeLast()
      allocator.deallocate(value)
      evicted += 1
    }

    /// Evicts until a buffer fits, and returns how many values that took.
    func makeRoom(for byteCount: ByteCount, _ order: Order) throws -> Int {
      var random = SeededGenerator(seed: 1)
      var next = 0
      let all = values
      let capacity = allocator.statistics.capacity.rawValue
      while !values.isEmpty {
        // A try at every hundredth of a per cent: each empties all magazines.
        for _ in 0..<max(1, capacity / (4096 * 256)) {
          if values.isEmpty { break }
          switch order {
          case .oldest:
            evict(all[next])
            next += 1
          case .random: evict(values[Int.random(in: 0..<values.count, using: &random)])
          case .neighbours:
            let victim = values[Int.random(in: 0..<values.count, using: &random)]
            for value in allocator.slab(containing: victim)?.blocks ?? [victim] { evict(value) }
          }
        }
        if let buffer = try? allocator.allocate(byteCount: byteCount) {
          _ = consume buffer
          return evicted
        }
      }
      return evicted
    }

    func freeAll() { allocator.deallocate(all: values) }
  }

  /// Random eviction frees most of a cache before a large buffer fits; eviction by slabs frees about
  /// as many bytes as are asked.
  @Test func neighboursAreWorthAsking() throws {
    var evicted: [Cache.Order: Int] = [:]
    var count = 0
    for order in Cache.Order.allCases {
      let cache = try Cache(.mebibytes(8), byteCount: 200)
      count = cache.values.count
      evicted[order] = try cache.makeRoom(for: .mebibytes(1), order)
      cache.freeAll()
    }
    let (random, neighbours) = (try #require(evicted[.random]), try #require(evicted[.neighbours]))
    print("evicted of \(count) values of 200 bytes for 1 MiB: \(evicted)")
    #expect(random > count / 2 && neighbours < count / 6)
  }

  /// Threads free and allocate objects of one class beside a reader.
  @Test func aSlabIsLookedAtUnderLoad() throws {
    let allocator = try open(.mebibytes(4))
    let mine = try (0..<100).map { _ in try allocator.allocatePointer(byteCount: 200) }
    let isOver = Flag()
    let crew = Crew(2) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var own: [UnsafeMutableRawPointer] = []
      while !isOver.isRaised {
        if own.count > 400 || (!own.isEmpty && Bool.random(using: &random)) {
          allocator.deallocate(own.remove(at: Int.random(in: 0..<own.count, using: &random)))
        } else if let object = try? allocator.allocatePointer(byteCount: 200) {
          own.append(object)
        }
      }
      allocator.deallocate(all: own)
    }
    for _ in 0..<100 {
      for object in mine {
        let blocks = allocator.slab(containing: object)?.blocks
        if blocks?.contains(object) != true { Issue.record("a block in use is not named") }
      }
    }
    isOver.raise()
    crew.join()
    allocator.deallocate(all: mine)
  }
}
