// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

@Suite struct ObjectThreadTests {
  /// What threads hand each other: a place that is full or empty.
  private final class Mailbox: Sendable {
    let places: [Atomic64]
    init(_ count: Int) { places = (0..<count).map { _ in Atomic64() } }
  }

  private final class Atomic64: Sendable {
    let value = Atomic<UInt>(0)
  }

  @Test func oneAllocatesAndTheOtherFrees() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(32))
    let box = Mailbox(64)
    let damage = Atomic64()
    onThreads(2) { index in
      for round in 0..<4_000 {
        let place = box.places[round % 64]
        let size = 1 + round * 37 % 6000
        if index == 0 {
          guard let base = try? allocator.allocatePointer(byteCount: ByteCount(size)) else {
            continue
          }
          base.storeBytes(of: UInt8(truncatingIfNeeded: round), as: UInt8.self)
          while place.value.load(ordering: .acquiring) != 0 { yieldOnce() }
          place.value.store(UInt(bitPattern: base), ordering: .releasing)
        } else {
          var address: UInt = 0
          while address == 0 {
            address = place.value.exchange(0, ordering: .acquiringAndReleasing)
            if address == 0 { yieldOnce() }
          }
          guard let base = UnsafeMutableRawPointer(bitPattern: address) else { continue }
          if base.load(as: UInt8.self) != UInt8(truncatingIfNeeded: round) {
            damage.value.wrappingAdd(1, ordering: .relaxed)
          }
          allocator.deallocate(base, byteCount: ByteCount(size))
        }
      }
    }
    #expect(damage.value.load(ordering: .relaxed) == 0)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  @Test func emptyingMagazinesThatAreInUseLosesNothing() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(32))
    let finished = Atomic64()
    let damage = Atomic64()
    let crew = Crew(2) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var held: [(UnsafeMutableRawPointer, Int)] = []
      for round in 0..<4_000 {
        let size = Int.random(in: 8...9000, using: &random)
        if let base = try? allocator.allocatePointer(byteCount: ByteCount(size)) {
          base.storeBytes(of: index << 32 | round, as: Int.self)
          held.append((base, index << 32 | round))
        }
        if held.count > 50 {
          let (base, id) = held.remove(at: Int.random(in: held.indices, using: &random))
          if base.load(as: Int.self) != id { damage.value.wrappingAdd(1, ordering: .relaxed) }
          allocator.deallocate(base)
        }
      }
      for (base, _) in held { allocator.deallocate(base) }
      finished.value.wrappingAdd(1, ordering: .releasing)
    }
    while finished.value.load(ordering: .acquiring) < 2 {
      allocator.drainCaches()
      _ = allocator.statistics.liveBlocks
      yieldOnce()
    }
    crew.join()
    #expect(damage.value.load(ordering: .relaxed) == 0)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
  }

  @Test func threadsThatEndLeaveNothingBehind() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(32))
    for _ in 0..<10 {
      onThreads(2) { _ in
        let blocks = (1..<300).compactMap {
          try? allocator.allocatePointer(byteCount: ByteCount($0 * 20))
        }
        for block in blocks { allocator.deallocate(block) }
      }
    }
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
  }

  /// What one thread keeps, another gets before it is refused.
  @Test func nothingHidesFromARequest() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let state = Atomic64()
    let crew = Crew(1) { _ in
      for size in [20, 100, 900, 3000, 9000, 30_000] {
        let blocks = (0..<40).compactMap { _ in
          try? allocator.allocatePointer(byteCount: ByteCount(size))
        }
        for block in blocks { allocator.deallocate(block) }
      }
      state.value.store(1, ordering: .releasing)
      while state.value.load(ordering: .acquiring) == 1 { yieldOnce() }
    }
    while state.value.load(ordering: .acquiring) == 0 { yieldOnce() }
    #expect(allocator.statistics.live > 0)
    let whole = try allocator.allocate(byteCount: .mebibytes(8))
    #expect(allocator.statistics.free == 0)
    _ = consume whole
    state.value.store(2, ordering: .releasing)
    crew.join()
    allocator.heapForTests.validate()
  }
}

private func yieldOnce() { OperatingSystem.yieldProcessor() }
