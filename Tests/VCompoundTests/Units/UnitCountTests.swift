// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Arithmetic of counts, and plain integers in their place.
@Suite struct UnitCountTests {
  @Test(arguments: 0..<3)
  func arithmeticIsThatOfIntegers(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1000 {
      let (left, right) = (
        Int.random(in: -100_000...100_000, using: &random),
        Int.random(in: 1...1000, using: &random)
      )
      let (bytes, others) = (ByteCount(left), ByteCount(right))
      #expect(Int(bytes + others) == left + right)
      #expect(Int(bytes - others) == left - right)
      #expect(Int(bytes * right) == left * right && right * bytes == bytes * right)
      #expect(Int(bytes / right) == left / right)
      #expect(bytes / others == left / right)
      #expect(Int(bytes % others) == left % right)
      #expect((bytes < others) == (left < right))
      let multiple = Int(PageCount(left).rounded(upToMultipleOf: PageCount(right)))
      #expect(multiple % right == 0 && multiple >= left && multiple - left < right)
    }
  }

  @Test func plainIntegersDoWhereverBytesDo() async throws {
    let size = [UInt8](repeating: 7, count: 10_000).count
    let allocator = try CompoundAllocator(capacity: 64 * size)
    var buffer = try allocator.allocate(byteCount: size)
    let isThatSize = Int(buffer.byteCount) == size
    #expect(isThatSize)
    try buffer.resize(toByteCount: 2 * size)
    let isShorter = try buffer.resizeInPlace(toByteCount: size / 2)
    #expect(isShorter)
    let pointer = try allocator.allocatePointer(byteCount: size, zeroed: true)
    allocator.deallocate(
      try allocator.reallocatePointer(pointer, byteCount: size + 1), byteCount: size + 1)
    let policy = RequestPolicy(stitching: .whenNeeded)
    let waited = try await allocator.allocate(byteCount: size, waiting: .zero)
    let sizes = [
      try allocator.allocate(byteCount: size, policy: policy).byteCount, waited.byteCount,
    ]
    #expect(sizes == [ByteCount(size), ByteCount(size)])
    var ring = try CompoundRing(capacity: size, allocator: allocator)
    ring.commit(size)
    ring.consume(size - 1)
    #expect(ring.readableByteCount == 1)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    let fragment = try pool.takeFragment(byteCount: size / 10)
    let isThatLong = Int(fragment.byteCount) == size / 10
    #expect(isThatLong)
  }
}
