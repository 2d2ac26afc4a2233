// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A way of taking blocks, which the census must know.
struct CensusWay: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let label: String
  /// The blocks, and the bytes of all of them as they are asked for.
  let blocks: Int
  let asked: Int
  /// Takes the blocks, calls a function, and gives them back.
  let run: @Sendable (CompoundAllocator, () throws -> Void) throws -> Void

  init(
    _ name: String, label: String = "way", blocks: Int = 1, asked: Int,
    run: @escaping @Sendable (CompoundAllocator, () throws -> Void) throws -> Void
  ) {
    testDescription = name
    self.label = label
    self.blocks = blocks
    self.asked = asked
    self.run = run
  }

  private typealias Item = InlineArray<100, UInt8>

  static let all = labelled + unlabelled + changed

  private static let labelled = [
    CensusWay("an object", asked: 100) { allocator, check in
      let buffer = try allocator.allocate(byteCount: 100, label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("pages", asked: 5 * 4096) { allocator, check in
      let buffer = try allocator.allocate(pageCount: 5, label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("zeroed bytes of pages", asked: 70_000) { allocator, check in
      let buffer = try allocator.allocate(byteCount: 70_000, zeroed: true, label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("an order", asked: 8 * 4096) { allocator, check in
      let buffer = try allocator.allocate(order: 3, label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("a policy", asked: 100) { allocator, check in
      let buffer = try allocator.allocate(
        byteCount: 100, policy: RequestPolicy(stitching: .never), label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("waiting", asked: 9000) { allocator, check in
      let buffer = try allocator.allocate(byteCount: 9000, blocking: .seconds(1), label: "way")
      try check()
      _ = consume buffer
    },
    CensusWay("pointers", blocks: 3, asked: 100 + 4096 + 100_000) { allocator, check in
      let pointers = try [100, 4096, 100_000].map {
        try allocator.allocatePointer(byteCount: ByteCount($0), label: "way")
      }
      try check()
      allocator.deallocate(all: pointers)
    },
    CensusWay("an array", asked: 8 * 8192) { allocator, check in
      var array = CompoundArray<Int>(allocator: allocator, label: "way")
      for number in 0..<8192 { try array.append(number) }
      array.shrinkToFit()
      try check()
    },
    CensusWay("a ring", asked: 64 * 1024) { allocator, check in
      let ring = try CompoundRing(capacity: .kibibytes(64), allocator: allocator, label: "way")
      try check()
      _ = consume ring
    },
    CensusWay("pages in bulk, few", blocks: 10, asked: 10 * 4096) { allocator, check in
      var slots = PageSlots(count: 10, allocator: allocator, label: "way")
      try allocator.allocate(into: &slots)
      try check()
    },
    CensusWay("pages in bulk, many", blocks: 100, asked: 100 * 4096) { allocator, check in
      var slots = PageSlots(count: 100, allocator: allocator, label: "way")
      try allocator.allocate(into: &slots)
      try check()
    },
    CensusWay("pairs in bulk", blocks: 20, asked: 40 * 4096) { allocator, check in
      var slots = PageSlots(count: 20, order: 1, allocator: allocator, label: "way")
      try allocator.allocate(into: &slots)
      try check()
    },
    CensusWay("a page out of slots", blocks: 3, asked: 3 * 4096) { allocator, check in
      var slots = PageSlots(count: 3, allocator: allocator, label: "way")
      try allocator.allocate(into: &slots)
      let page = slots.take(at: 1)
      let other = slots.take(at: 2)
      try check()
      if let other { slots.put(other, at: 1) }
      _ = consume page
    },
    CensusWay("extents of a region", blocks: 2, asked: 32 * 4096) { allocator, check in
      let region = CompoundRegion(allocator: allocator, label: "way")
      for _ in 0..<2 { _ = try region.allocatePointer(byteCount: 16 * 4096) }
      try check()
    },
    CensusWay("objects of a cache", label: "items", blocks: 2, asked: 200) { allocator, check in
      let cache = try ObjectCache<Item>(allocator: allocator, kept: 16, name: "items") {
        Item(repeating: 7)
      }
      let item = try cache.take()
      do { _ = try cache.take() }
      try check()
      _ = consume item
    },
  ]

  private static let unlabelled = [
    CensusWay("an object without a label", label: "", asked: 100) { allocator, check in
      let buffer = try allocator.allocate(byteCount: 100)
      try check()
      _ = consume buffer
    },
    CensusWay("an order without a label", label: "", asked: 4096) { allocator, check in
      let buffer = try allocator.allocate(order: 0)
      try check()
      _ = consume buffer
    },
    CensusWay("a copy", label: "", asked: 5000) { allocator, check in
      let buffer = try allocator.allocate(copying: [UInt8](repeating: 1, count: 5000))
      try check()
      _ = consume buffer
    },
    CensusWay("bytes", label: "", asked: 5000) { allocator, check in
      let bytes = try allocator.allocateBytes(count: 5000)
      try check()
      allocator.deallocate(bytes)
    },
    CensusWay("elements", label: "", asked: 800) { allocator, check in
      let start = try allocator.allocatePointer(count: 100, of: Int.self)
      try check()
      allocator.deallocate(UnsafeMutableRawPointer(start), byteCount: 800)
    },
    CensusWay("a pointer of pages", label: "", asked: 1 << 20) { allocator, check in
      let start = try allocator.allocatePointer(byteCount: .mebibytes(1))
      try check()
      allocator.deallocate(start, byteCount: .mebibytes(1))
    },
  ]

  /// What changes hands or size keeps its label.
  private static let changed = [
    CensusWay("relinquished and adopted", blocks: 2, asked: 100 + 9000) { allocator, check in
      let first = try allocator.allocate(byteCount: 100, label: "way").relinquish()
      let second = try allocator.allocate(byteCount: 9000, label: "way").relinquish()
      let adopted = allocator.adopt(second)
      try check()
      allocator.deallocate(first)
      _ = consume adopted
    },
    CensusWay("resized, and back", blocks: 2, asked: 100 + 50) { allocator, check in
      var first = try allocator.allocate(byteCount: 50, label: "way")
      var second = try allocator.allocate(byteCount: .mebibytes(1), label: "way")
      for size in [3000, 9000, 70_000, 100] { try first.resize(toByteCount: ByteCount(size)) }
      for size in [2_000_000, 5000, 50] { try second.resize(toByteCount: ByteCount(size)) }
      try check()
      _ = consume first
      _ = consume second
    },
    CensusWay("reallocated", asked: 20_000) { allocator, check in
      var start = try allocator.allocatePointer(byteCount: 10, label: "way")
      for size in [1000, 300_000, 20_000] {
        start = try allocator.reallocatePointer(start, byteCount: ByteCount(size))
      }
      try check()
      allocator.deallocate(start)
    },
    CensusWay("shared", asked: 9000) { allocator, check in
      let shared = SharedBuffer(try allocator.allocate(byteCount: 9000, label: "way"))
      let part = shared[100..<200]
      try check()
      _ = (shared, part)
    },
    CensusWay("split in two", blocks: 4, asked: 9000 + 40_000) { allocator, check in
      var buffers = [
        SharedBuffer(try allocator.allocate(byteCount: 9000, alignment: .page, label: "way")),
        SharedBuffer(try allocator.allocate(byteCount: 40_000, label: "way")),
      ]
      for index in 0..<2 {
        guard var buffer = buffers[index].takeIfUnique() else { continue }
        buffers.append(SharedBuffer(try buffer.splitOff(at: 4096)))
        buffers[index] = SharedBuffer(buffer)
      }
      try check()
      _ = buffers
    },
    CensusWay("split into pages", blocks: 16, asked: 16 * 4096) { allocator, check in
      var whole: CompoundBuffer? = try allocator.allocate(order: 4, label: "way")
      var slots = PageSlots(count: 16, allocator: allocator)
      try slots.put(pagesOf: &whole)
      try check()
    },
    CensusWay("joined", asked: 30 * 4096 + 100) { allocator, check in
      var first = try allocator.allocate(pageCount: 10, label: "way")
      let between = try allocator.allocate(pageCount: 4)
      var second: CompoundBuffer? = try allocator.allocate(pageCount: 20, label: "way")
      _ = consume between
      try first.join(&second)
      var third: CompoundBuffer? = try allocator.allocate(byteCount: 100, label: "way")
      try first.join(&third)
      try check()
      _ = consume first
    },
    CensusWay("joined to an object", asked: 100 + 5000) { allocator, check in
      var first = try allocator.allocate(byteCount: 100, label: "way")
      var second: CompoundBuffer? = try allocator.allocate(byteCount: 5000, label: "way")
      try first.join(&second)
      try check()
      _ = consume first
    },
    CensusWay("pages joined", asked: 12 * 4096) { allocator, check in
      var slots = PageSlots(count: 12, allocator: allocator, label: "way")
      try allocator.allocate(into: &slots)
      let joined = try CompoundBuffer(joining: &slots)
      try check()
      _ = consume joined
    },
    CensusWay("refused join", blocks: 2, asked: 1000 + (6 << 20)) { allocator, check in
      var first = try allocator.allocate(byteCount: .mebibytes(6), label: "way")
      var second: CompoundBuffer? = try allocator.allocate(byteCount: 1000, label: "way")
      var rest: [SharedBuffer] = []
      while let page = try? SharedBuffer(allocator.allocate(pageCount: 1)) { rest.append(page) }
      if (try? first.join(&second)) != nil { Issue.record("joined without memory") }
      rest = []
      try check()
      _ = consume first
      _ = consume second
    },
    CensusWay("refused growth", asked: 9000) { allocator, check in
      var buffer = try allocator.allocate(byteCount: 9000, label: "way")
      #expect(throws: CompoundError.self) { try buffer.resize(toByteCount: .mebibytes(16)) }
      try check()
    },
    CensusWay("a page of a pool, and those kept", label: "frames", blocks: -1, asked: -4096) {
      allocator, check in
      var pool = try PagePool(
        allocator: allocator, limits: .init(out: 32, kept: 16), name: "frames")
      let page = try pool.take()
      try check()
      _ = consume page
    },
  ]
}

@Suite struct CensusWayTests {
  /// However a block is taken it is listed, and listed no more when it is free.
  @Test(arguments: CensusWay.all, [FallbackPolicy.automatic, .always])
  func everyWayIsListed(way: CensusWay, fallback: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = fallback
    configuration.census = .everything
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration)
    // One more, which something else takes.
    let other = try allocator.allocate(byteCount: .mebibytes(3), label: "other")
    try way.run(allocator) { try checkListed(way, allocator) }
    let rest = allocator.census()
    #expect(rest.total.blocks == 1 && rest.rows.first?.label == "other")
    #expect(rest.total.held.rawValue == 3 << 20)
    _ = consume other
    #expect(allocator.census().total.blocks == 0)
    allocator.drain()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  private func checkListed(_ way: CensusWay, _ allocator: CompoundAllocator) throws {
    let census = allocator.census()
    let row = try #require(census.labels.first { $0.label == way.label })
    if way.blocks < 0 {
      #expect(row.blocks >= -way.blocks && row.asked.rawValue == row.blocks * -way.asked)
    } else {
      #expect(row.blocks == way.blocks && row.asked.rawValue == way.asked)
    }
    #expect(row.held >= row.asked && row.allocations >= row.blocks && row.runs >= row.blocks)
    #expect(census.total.blocks == row.blocks + 1 && !census.isEstimate)
    let place = census.rows.first { $0.label == "way" }?.place
    #expect(way.label != "way" || place?.contains("VCompoundTests/CensusWayTests.swift:") == true)
  }

  /// What is held is what the allocator has out, where all of it are pages.
  @Test func heldPagesAreThoseOfTheLedger() throws {
    var configuration = AllocatorConfiguration()
    configuration.census = .everything
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration)
    let buffers = try (1...20).map {
      SharedBuffer(
        try allocator.allocate(byteCount: ByteCount($0 * 5000), alignment: .page, label: "held"))
    }
    #expect(allocator.census().total.held == allocator.statistics.live)
    #expect(allocator.census().total.stitched == allocator.statistics.stitched)
    _ = buffers
  }
}
