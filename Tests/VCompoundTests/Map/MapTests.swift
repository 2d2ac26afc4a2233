// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import VCompound

/// The map of an arena, against what is known of its blocks.
@Suite struct MapTests {
  /// Random operations; the map agrees with a model of frames after each of some.
  @Test(arguments: 1...3 as ClosedRange<UInt64>, [false, true])
  func itAgreesWithAModel(seed: UInt64, mayExchange: Bool) throws {
    var random = SeededGenerator(seed: seed)
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mayExchange = mayExchange
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(9), configuration: configuration)
    let model = MapModel(allocator)
    var seen: Set<ArenaMap.Use> = []
    var blocks: [UnsafeMutableRawPointer] = []
    for step in 0..<600 {
      let isLarge = Int.random(in: 0..<10, using: &random) == 0
      let size = Int.random(in: 1...(isLarge ? 3_000_000 : 40_000), using: &random)
      if Int.random(in: 0..<5, using: &random) < 2, !blocks.isEmpty {
        let index = Int.random(in: 0..<blocks.count, using: &random)
        allocator.deallocate(blocks.remove(at: index))
      } else if let block = try? allocator.allocatePointer(byteCount: .init(size)) {
        blocks.append(block)
      } else {
        blocks.shuffle(using: &random)
        for _ in 0..<blocks.count / 3 { allocator.deallocate(blocks.removeLast()) }
        if step % 7 == 0 { try allocator.trim() }
      }
      guard step % 20 == 0 else { continue }
      let cells = Int.random(in: 1...700, using: &random)
      let map = allocator.map(cellCount: cells)
      model.compare(map, atMost: cells, blocks)
      for use in ArenaMap.Use.allCases where map.pageCount(use) > 0 { seen.insert(use) }
    }
    // Where scattered memory can be exchanged, nothing may have to be stitched.
    if mayExchange { seen.insert(.stitched) }
    #expect(seen == Set(ArenaMap.Use.allCases))
    allocator.deallocate(all: blocks)
  }

  @Test func cellsAreOfOneSizeButTheLast() throws {
    let allocator = try CompoundAllocator.ofBuild(.init(4096 * 1000))
    #expect(allocator.map(cellCount: 1).cells.map(\.pageCount) == [1000])
    #expect(allocator.map(cellCount: 3).cells.map(\.pageCount) == [334, 334, 332])
    // No cell is empty.
    #expect(allocator.map(cellCount: 600).cells.map(\.pageCount) == .init(repeating: 2, count: 500))
    for count in [1000, 1001, .max] {
      let map = allocator.map(cellCount: count)
      #expect(map.pagesPerCell == 1)
      #expect(map.cells.map(\.pageCount) == .init(repeating: 1, count: 1000))
    }
    for size in [1, 7, 999, 1000, 1001, 1 << 40] {
      let map = allocator.map(pagesPerCell: PageCount(size))
      #expect(map.pagesPerCell.rawValue == size && map.pageCount == 1000)
      #expect(map.cells.count == (999 + size) / size)
    }
    #expect(allocator.map(cellCount: 9).pageCount(.absent) == 1000)
  }

  /// A block of some chunks, in cells that end inside of it and inside of chunks.
  @Test func aBlockIsFollowedThroughCells() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let page = try allocator.allocatePointer(byteCount: .page, alignment: .page)
    let block = try allocator.allocatePointer(byteCount: .mebibytes(5))
    let map = allocator.map(pagesPerCell: 100)
    let address = UInt(bitPattern: block)
    let first = try #require(allocator.frame(ofPage: 0, inBlockContaining: block)).rawValue
    for (index, cell) in map.cells.enumerated() {
      let own = max(0, min(first + 1280, index * 100 + 100) - max(first, index * 100))
      #expect((cell.block == address) == (own > 1 || own == 1 && cell.contiguous == 1))
      #expect(cell.contiguous.rawValue - own <= 1)
    }
    #expect(map.pageCount(.contiguous) == 1281)
    // The lone page holds the most where nothing else is.
    let single = allocator.map(pagesPerCell: 1)
    let frame = try #require(allocator.frame(ofPage: 0, inBlockContaining: page)).rawValue
    #expect(single.cells[frame].block == UInt(bitPattern: page))
    allocator.deallocate(all: [page, block])
    #expect(allocator.map(cellCount: 50).cells.allSatisfy { $0.block == nil })
  }

  @Test func aStitchedBlockIsFollowedByItsWindow() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let pages = try allocator.fragment { $0 % 4 == 1 }
    let block = try allocator.allocatePointer(byteCount: .init(4096 * 300))
    let map = allocator.map(pagesPerCell: 64)
    #expect(map.pageCount(.stitched) == 300)
    // In a cell of 48 pages and 16 of the block, the block has more than any page.
    for cell in map.cells where cell.stitched > 1 {
      #expect(cell.block == UInt(bitPattern: block))
    }
    #expect(map.cells.contains { $0.stitched == 16 })
    allocator.deallocate(all: pages + [block])
  }

  /// What a pool keeps is cached, what is out of it in use.
  @Test func pagesOfPoolsAreCachedWhileTheyAreKept() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.layers.pageMagazines = false
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 64))
    func map() -> ArenaMap { allocator.map(cellCount: 20) }
    do {
      let first = try pool.take()
      let kept = pool.statistics.kept
      #expect(map().pageCount(.contiguous) == 1 && map().pageCount(.cached).rawValue == kept)
      pool.recycle(first)
    }
    #expect(map().pageCount(.contiguous) == 0)
    #expect(map().pageCount(.cached).rawValue == pool.statistics.kept && pool.statistics.kept > 0)
    #expect(map().cells.allSatisfy { $0.block == nil })
  }

  @Test func itIsCodable() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let block = try allocator.allocatePointer(byteCount: .mebibytes(1))
    let map = allocator.map(cellCount: 10)
    let data = try JSONEncoder().encode(map)
    #expect(try JSONDecoder().decode(ArenaMap.self, from: data) == map)
    allocator.deallocate(block)
  }

  /// Most of the frames of a large arena are absent, and cost nothing.
  @Test func aLargeArenaTakesNoTime() throws {
    let allocator = try CompoundAllocator.ofBuild(.tebibytes(2))
    let block = try allocator.allocatePointer(byteCount: .mebibytes(3))
    let clock = ContinuousClock()
    var map = ArenaMap(capacity: 0)
    let time = clock.measure { map = allocator.map(cellCount: 4000) }
    #expect(map.cells.count == 4000 && time < .milliseconds(500))
    #expect(map.pageCount.byteCount == .tebibytes(2))
    allocator.deallocate(block)
  }

  @Test func noCellsAreAMistake() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = try CompoundAllocator.ofBuild(.mebibytes(4)).map(cellCount: 0)
    }
    #expect(lastWords(result, say: "a map of 0 cells"))
  }
}
