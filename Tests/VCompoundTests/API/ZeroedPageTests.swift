// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Pages in bulk and of pools that shall read zero.
@Suite struct ZeroedPageTests {
  private func dirty(_ slots: inout PageSlots) {
    for index in 0..<slots.count where slots.isFilled(at: index) {
      var bytes = slots.mutableBytes(at: index)
      for offset in 0..<bytes.byteCount {
        bytes.storeBytes(of: 7, toByteOffset: offset, as: UInt8.self)
      }
    }
  }

  private func sum(_ bytes: RawSpan) -> Int {
    bytes.withUnsafeBytes { $0.reduce(0) { $0 + Int($1) } }
  }

  @Test(arguments: [0, 2] as [PageOrder]) func newPagesInBulkAreZeroed(order: PageOrder) throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(2))
    var slots = PageSlots(count: 40, order: order, allocator: allocator)
    try allocator.allocate(into: &slots)
    dirty(&slots)
    slots.removeAll()
    try allocator.allocate(into: &slots, zeroed: true)
    for index in 0..<40 { #expect(sum(slots.bytes(at: index)) == 0) }
    // Those that were there stay as they are.
    dirty(&slots)
    for index in stride(from: 0, to: 40, by: 3) { _ = slots.take(at: index) }
    try allocator.allocate(into: &slots, zeroed: true)
    for index in 0..<40 {
      let expected = index % 3 == 0 ? 0 : 7 * order.byteCount.rawValue
      #expect(sum(slots.bytes(at: index)) == expected)
    }
  }

  @Test func aPageOfAPoolIsZeroedWhenAskedFor() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 4, kept: 4))
    for _ in 0..<10 {
      var page = try pool.take(zeroed: true)
      let before = sum(page.bytes)
      #expect(before == 0)
      page.withUnsafeMutableBytes { bytes in
        _ = bytes.initializeMemory(as: UInt8.self, repeating: 9)
      }
      pool.recycle(page)
    }
  }
}
