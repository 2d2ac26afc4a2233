// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Functions of the program that free memory when it is short.
@Suite struct ReclaimerTests {
  /// Values by age, of which the oldest goes first.
  final class Cache: Sendable {
    let values = Lock<[(address: UInt, byteCount: ByteCount)]>([])
    let calls = Lock<[ByteCount]>([])
    let allocator: CompoundAllocator

    init(_ allocator: CompoundAllocator) { self.allocator = allocator }

    func fill(_ count: Int, of byteCount: ByteCount) throws {
      for _ in 0..<count {
        let pointer = try allocator.allocatePointer(byteCount: byteCount)
        let address = UInt(bitPattern: pointer)
        values.withLock { $0.append((address, byteCount)) }
      }
    }

    /// Frees values until so many bytes are free, or nothing is left.
    func evict(_ missing: ByteCount) -> Bool {
      calls.withLock { $0.append(missing) }
      return values.withLock { values in
        var freed: ByteCount = 0
        while freed < missing, !values.isEmpty {
          let value = values.removeFirst()
          freed += value.byteCount
          allocator.deallocate(all: [value.address])
        }
        return freed > 0
      }
    }

    var count: Int { values.withLock { $0.count } }

    deinit { _ = evict(ByteCount(.max)) }
  }

  private func open(
    _ capacity: ByteCount, softLimit: ByteCount? = nil
  ) throws -> (CompoundAllocator, Cache) {
    var configuration = AllocatorConfiguration()
    configuration.softLimit = softLimit
    let allocator = try CompoundAllocator(capacity: capacity, configuration: configuration)
    let cache = Cache(allocator)
    allocator.addReclaimer(for: cache) { cache, missing in cache.evict(missing) }
    return (allocator, cache)
  }

  @Test func itIsCalledWithWhatIsMissingBeforeARefusal() throws {
    let (allocator, cache) = try open(.mebibytes(8))
    try cache.fill(128, of: .kibibytes(64))
    #expect(cache.calls.withLock { $0 } == [])
    let buffer = try allocator.allocate(byteCount: .mebibytes(1))
    #expect(cache.calls.withLock { $0 } == [.mebibytes(1)])
    #expect(cache.count == 112)
    #expect(allocator.statistics.failures == 0)
    #expect(buffer.byteCount == .mebibytes(1))
  }

  @Test func itIsCalledUntilItHasNothingLeft() throws {
    let (allocator, cache) = try open(.mebibytes(8))
    let other = Cache(allocator)
    allocator.addReclaimer(for: other) { other, missing in other.evict(min(missing, .page)) }
    try cache.fill(16, of: .kibibytes(64))
    try other.fill(16, of: .kibibytes(64))
    let kept = try allocator.allocate(byteCount: .mebibytes(6))
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(byteCount: .mebibytes(3)).byteCount
    }
    // All that both had, and then the refusal.
    #expect(cache.count == 0)
    #expect(other.count == 0)
    #expect(other.calls.withLock { $0.count } == 17)
    let rest = try allocator.allocate(byteCount: .mebibytes(2))
    #expect(kept.byteCount + rest.byteCount == .mebibytes(8))
  }

  @Test func everyKindOfRequestCallsIt() throws {
    let (allocator, cache) = try open(.mebibytes(4))
    try cache.fill(64, of: .kibibytes(64))
    var buffer = try allocator.allocate(byteCount: 100)
    try buffer.resize(toByteCount: .kibibytes(200))
    let pointer = try allocator.allocatePointer(byteCount: .kibibytes(100))
    let longer = try allocator.reallocatePointer(pointer, byteCount: .kibibytes(300))
    var slots = PageSlots(count: 40, allocator: allocator)
    #expect(try allocator.allocate(into: &slots).newlyTaken == 40)
    // 200 + 300 + 160 KiB, in pages; and the buffer's slab.
    #expect(cache.count <= 53)
    let rest = ByteCount(cache.count << 16)
    let last = try allocator.allocate(byteCount: rest)
    #expect(cache.count == 0 && last.byteCount == rest)
    allocator.deallocate(longer)
  }

  @Test func aSmallSizeCallsItToo() throws {
    let (allocator, cache) = try open(.mebibytes(2))
    try cache.fill(32, of: .kibibytes(64))
    let pointers = try (0..<100).map { _ in try allocator.allocatePointer(byteCount: 1000) }
    #expect(cache.count < 32)
    allocator.deallocate(all: pointers)
  }

  @Test func whatNobodyNeedsYetCallsNothing() throws {
    let (allocator, cache) = try open(.mebibytes(2))
    try cache.fill(16, of: .kibibytes(64))
    var array = CompoundArray<UInt64>(allocator: allocator)
    try array.reserveCapacity(120 << 10)
    // An eighth more is not there, what is needed is.
    for element in 0..<(128 << 10) { try array.append(UInt64(element)) }
    #expect(cache.calls.withLock { $0 } == [])
    try array.append(0)
    let count = array.count
    #expect(cache.calls.withLock { $0.count } == 1 && count == 131_073)
  }

  @Test func itEndsWithItsOwner() throws {
    let (allocator, cache) = try open(.mebibytes(2))
    try cache.fill(1, of: .kibibytes(64))
    weak let gone = { try? open(.mebibytes(2)).1 }()
    #expect(gone == nil)
    var other: Cache? = Cache(allocator)
    allocator.addReclaimer(for: other!) { _, _ in
      Issue.record("its owner is gone")
      return false
    }
    other = nil
    let buffer = try allocator.allocate(byteCount: .mebibytes(2))
    #expect(buffer.byteCount == .mebibytes(2))
    #expect(cache.count == 0)
  }

  @Test func whatItAllocatesIsServedOrRefused() throws {
    let (allocator, cache) = try open(.mebibytes(2))
    let isNested = Lock(0)
    let owner = Cache(allocator)
    allocator.addReclaimer(for: owner) { _, _ in
      isNested.withLock { $0 += 1 }
      let refused = try? allocator.allocatePointer(byteCount: .mebibytes(2))
      #expect(refused == nil)
      return false
    }
    let kept = try allocator.allocate(byteCount: .mebibytes(1))
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(byteCount: .mebibytes(2)).byteCount
    }
    #expect(isNested.withLock { $0 } == 1)
    #expect(cache.count == 0 && kept.byteCount == .mebibytes(1))
  }

  @Test func theSoftLimitHasItCalledBeforeAnythingIsShort() throws {
    let (allocator, cache) = try open(.mebibytes(64), softLimit: .mebibytes(32))
    try cache.fill(1000, of: .kibibytes(64))
    let used = allocator.statistics.live
    // A hundredth may come before the function is called again.
    #expect(used <= .mebibytes(33) && used >= .mebibytes(30))
    #expect(allocator.statistics.stitchedAllocations == 0 || CompoundAllocator.isFallbackAlways)
    // Nobody is refused for it.
    let buffer = try allocator.allocate(byteCount: .mebibytes(60))
    #expect(buffer.byteCount == .mebibytes(60))
  }

  @Test func severalThreadsLiveBesideACache() throws {
    let (allocator, cache) = try open(.mebibytes(16), softLimit: .mebibytes(12))
    onThreads(4) { thread in
      var generator = SeededGenerator(seed: UInt64(thread))
      for _ in 0..<300 {
        // With what is on its way to the cache less than the capacity: the cache makes room.
        let byteCount = ByteCount(Int.random(in: 1...3 << 20, using: &generator))
        guard var buffer = try? allocator.allocate(byteCount: byteCount) else {
          Issue.record("\(byteCount) refused")
          return
        }
        buffer.withUnsafeMutableBytes { $0[0] = 1 }
        try? cache.fill(1, of: .kibibytes(16))
      }
    }
    allocator.heapForTests.validate()
  }
}
