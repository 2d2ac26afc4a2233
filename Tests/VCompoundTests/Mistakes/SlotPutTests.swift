// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Buffers of exactly the bytes of a page, which may be objects in slabs, can be put into slots.
///
/// In processes of their own, since what is freed as what it is not stops the program.
@Suite struct SlotPutTests {
  /// How the slots end.
  private enum End: Int, CaseIterable, Codable, Sendable {
    case drop, removeAll, free, take
  }

  /// Slots of an order, filled one by one with buffers of as many bytes.
  private static func putAndEnd(_ order: PageOrder, _ count: Int, _ end: End) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(256))
    let pages = order.pageCount.rawValue
    for round in 0..<3 {
      var slots = PageSlots(count: count, order: order, allocator: allocator)
      // Half of the slots hold pages of the allocator's own choice.
      if round == 2 {
        try allocator.allocate(into: &slots)
        for index in stride(from: 0, to: count, by: 2) { _ = slots.take(at: index) }
      }
      for index in 0..<count where !slots.isFilled(at: index) {
        var buffer = try allocator.allocate(byteCount: order.pageCount.byteCount)
        buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: index) }
        slots.put(buffer, at: index)
      }
      for index in 0..<count {
        let base = slots.baseAddress(at: index)
        try #require(UInt(bitPattern: base) & 4095 == 0, "a slot holds no page")
        guard round < 2 || index % 2 == 0 else { continue }
        #expect(stampsHold(base, pages: pages, block: index))
      }
      switch end {
      case .drop: break
      case .removeAll: slots.removeAll()
      case .free: allocator.deallocate(&slots)
      case .take:
        for index in 0..<count {
          guard let page = slots.take(at: index) else { continue }
          let holds = page.withUnsafeBytes { stampsHold($0, pages: pages, block: index) }
          #expect(holds || round == 2)
        }
      }
      _ = consume slots
      #expect(allocator.statistics.liveBlocks == 0)
    }
    // Nothing is lost, and nothing is free twice.
    try allocator.trim()
    #expect(allocator.statistics.live == 0)
    let next = try allocator.allocate(pageCount: 1000)
    #expect(allocator.statistics.live == PageCount(1000).byteCount)
    _ = consume next
    allocator.heapForTests.validate()
  }

  @Test(arguments: [PageOrder(0), 1, 2], End.allCases)
  private func buffersOfAPagesBytesCanBePut(order: PageOrder, end: End) async {
    let order = order.rawValue
    await #expect(processExitsWith: .success) { [order = order as Int, end = end as End] in
      try Self.putAndEnd(PageOrder(order), 5, end)
    }
    await #expect(processExitsWith: .success) { [order = order as Int, end = end as End] in
      try Self.putAndEnd(PageOrder(order), 100, end)
    }
  }
}
