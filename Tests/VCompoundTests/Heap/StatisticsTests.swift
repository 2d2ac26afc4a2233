// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import VCompound

@Suite struct StatisticsTests {
  /// Blocks that are stitched, resized and freed at random, against the sum of those that are out.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func stitchedBytesAreThoseOfStitchedBlocks(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
    let pages = try allocator.fragment { $0 % 3 != 0 }
    var blocks: [UnsafeMutableRawPointer] = []
    for _ in 0..<400 {
      let byteCount = ByteCount(Int.random(in: 1...100_000, using: &random))
      switch (Int.random(in: 0..<4, using: &random), blocks.indices.randomElement(using: &random)) {
      case (0, let index?): allocator.deallocate(blocks.remove(at: index))
      case (1, let index?):
        // Growing may be refused: the block is as it was then.
        let block = try? allocator.reallocatePointer(blocks[index], byteCount: byteCount)
        if let block { blocks[index] = block }
      default:
        if let block = try? allocator.allocatePointer(byteCount: byteCount) { blocks.append(block) }
      }
      var (held, asked, number) = (ByteCount(0), ByteCount(0), 0)
      for block in blocks {
        guard let info = allocator.block(containing: block), info.isStitched else { continue }
        held += PageCount(covering: info.byteCount).byteCount
        asked += info.byteCount
        number += 1
      }
      let statistics = allocator.statistics
      #expect(statistics.stitched == held && statistics.stitchedAsked == asked)
      #expect(statistics.liveWindows == number)
    }
    #expect(allocator.statistics.stitchedAllocations > 20)
    allocator.deallocate(all: blocks + pages)
    #expect(allocator.statistics.stitched == 0 && allocator.statistics.stitchedAsked == 0)
  }

  @Test func objectsCountWithTheSizesOfTheirClasses() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let sizes = [10, 100, 3000]
    let objects = try (0..<90).map {
      try allocator.allocatePointer(byteCount: .init(sizes[$0 % 3]))
    }
    let each = sizes.map { SizeClass.byteCount(SizeClass.covering($0 + ObjectChecks.redzone)) }
    let statistics = allocator.statistics
    #expect(statistics.liveObjectBytes == ByteCount(30 * each.reduce(0, +)))
    #expect(statistics.liveObjectBytes <= statistics.slabs && statistics.slabs <= statistics.live)
    allocator.deallocate(all: objects)
    #expect(allocator.statistics.liveObjectBytes == 0)
  }

  @Test func pressureIsTheShareOfStitchedRequests() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
    let pages = try allocator.fragment { $0 % 2 == 0 }
    // Single pages say nothing: they are never stitched.
    #expect(allocator.statistics.pressure == 0)
    var buffers = try (0..<32).map { _ in DropBox(try allocator.allocate(pageCount: 4)) }
    let expected = Double(repeating: 63.0 / 64, power: 32)
    #expect(abs(allocator.statistics.pressure - (1 - expected)) < 1e-5)
    buffers = []
    allocator.deallocate(all: pages)
    allocator.drain()
    // Aligned ones come from the frames, each.
    buffers = try (0..<64).map { _ in
      DropBox(try allocator.allocate(pageCount: 4, alignment: .kibibytes(16)))
    }
    #expect(allocator.statistics.pressure < (1 - expected) * 0.6)
    #expect(!buffers.isEmpty)
  }

  @Test func statisticsAreCoded() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    let buffer = try allocator.allocate(pageCount: 3)
    _ = try? allocator.allocate(pageCount: 510)
    let statistics = allocator.statistics
    let data = try JSONEncoder().encode(statistics)
    #expect(try JSONDecoder().decode(AllocatorStatistics.self, from: data) == statistics)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["capacity"] as? Int == 2 << 20)
    #expect(object["live"] as? Int == statistics.live.rawValue)
    #expect((object["refusals"] as? [String: Any])?["capacity"] as? Int == 1)
    #expect(buffer.byteCount == PageCount(3).byteCount)
  }

  @Test func statisticsPrintThemselvesInColumns() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16))
    let buffer = try allocator.allocate(byteCount: .mebibytes(4))
    let lines = "\(allocator.statistics)".split(separator: "\n").map(String.init)
    #expect(lines.first == "capacity        16.0 MiB  100.0 %")
    #expect(lines.contains("live             4.0 MiB   25.0 %  1 blocks, 0 of them in slabs"))
    #expect(lines.contains("refused     0: 0 capacity, 0 contiguity, 0 mappings, 0 system"))
    let sizes = lines.prefix(8)
    #expect(sizes.allSatisfy { $0.dropFirst(21).hasPrefix("MiB") && $0.dropFirst(32).first == "%" })
    #expect(buffer.byteCount == .mebibytes(4))
  }
}

extension Double {
  fileprivate init(repeating factor: Double, power: Int) {
    self = (0..<power).reduce(1) { product, _ in product * factor }
  }
}
