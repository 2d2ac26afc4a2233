// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Rings: frames that are mapped twice, one copy behind the other.
@Suite struct RingTests {
  /// The positions in a stream of bytes that carry marks: by no power of two, so anywhere in a page.
  private func marks(_ positions: Range<Int>) -> StrideTo<Int> {
    stride(from: (positions.lowerBound + 96) / 97 * 97, to: positions.upperBound, by: 97)
  }

  private func mark(_ position: Int) -> UInt8 { UInt8(truncatingIfNeeded: position / 97 &* 31) }

  /// Writes a number of bytes, which stand at a position of the stream.
  private func write(_ count: Int, at position: Int, to ring: inout CompoundRing) {
    ring.withUnsafeWritableBytes { bytes in
      for marked in marks(position..<position + count) {
        bytes[marked - position] = mark(marked)
      }
    }
    ring.commit(ByteCount(count))
  }

  /// Whether a ring holds this part of the stream, and nothing else, in one piece.
  private func holds(_ ring: borrowing CompoundRing, _ positions: Range<Int>) -> Bool {
    let count = ring.readableBytes.byteCount
    return count == positions.count && ring.readableByteCount == ByteCount(count)
      && ring.writableByteCount == ring.capacity - ByteCount(count)
      && ring.withUnsafeReadableBytes { bytes in
        marks(positions).allSatisfy { bytes[$0 - positions.lowerBound] == mark($0) }
      }
  }

  /// Has bytes run through a ring many times around.
  private func use(_ ring: inout CompoundRing, seed: UInt64, rounds: Int = 200) -> Bool {
    var random = SeededGenerator(seed: seed)
    let start = Int.random(in: 0..<1000, using: &random)
    var (read, written) = (start, start)
    for _ in 0..<rounds {
      let count = Int.random(in: 0...ring.writableByteCount.rawValue, using: &random)
      write(count, at: written, to: &ring)
      written += count
      guard holds(ring, read..<written) else { return false }
      let consumed = Int.random(in: 0...ring.readableByteCount.rawValue, using: &random)
      ring.consume(ByteCount(consumed))
      read += consumed
      guard holds(ring, read..<written) else { return false }
    }
    ring.removeAll()
    return holds(ring, 0..<0)
  }

  @Test(arguments: [1, 2, 5, 64, 700])
  func whatIsWrittenAcrossTheEndIsInOnePiece(pages: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let capacity = PageCount(pages).byteCount
    // Any byte more than the pages before.
    var ring = try CompoundRing(capacity: capacity - 4095, allocator: allocator)
    let has = ring.capacity
    #expect(has == capacity)
    let isWhole = use(&ring, seed: UInt64(pages), rounds: pages > 100 ? 10 : 100)
    #expect(isWhole)
  }

  @Test func theSpanGoesAcrossTheEnd() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var ring = try CompoundRing(capacity: .kibibytes(8), allocator: allocator)
    ring.commit(.kibibytes(8) - 4)
    ring.consume(.kibibytes(8) - 4)
    var free = ring.writableBytes
    #expect(free.byteCount == 8192)
    free.storeBytes(of: 0x0123_4567_89AB_CDEF, toByteOffset: 0, as: UInt64.self)
    ring.commit(8)
    let word = ring.readableBytes.unsafeLoadUnaligned(as: UInt64.self)
    #expect(word == 0x0123_4567_89AB_CDEF)
    ring.consume(4)
    // Behind the end, which is the beginning.
    let half = ring.readableBytes.unsafeLoad(as: UInt32.self)
    #expect(half == 0x0123_4567)
  }

  @Test func scatteredPagesMakeARing() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let free = allocator.statistics.free
    do {
      // All there is.
      var ring = try CompoundRing(capacity: free, allocator: allocator)
      let runs = ring.runs
      #expect(runs.count == PageCount(covering: free).rawValue)
      #expect(runs.allSatisfy { $0.pageCount == 1 })
      #expect(allocator.statistics.free == 0)
      let isWhole = use(&ring, seed: 5, rounds: 10)
      #expect(isWhole)
      allocator.heapForTests.validate()
    }
    #expect(allocator.statistics.free == free)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test(arguments: [FallbackPolicy.whenNeeded, .never, .always])
  func aRingLeavesNothing(fallback: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = fallback
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    let kernel = KernelView(allocator)
    var ring: CompoundRing? = try CompoundRing(capacity: .kibibytes(64), allocator: allocator)
    let runs = ring?.runs.count ?? 0
    #expect(runs == (fallback == .always ? 16 : 1))
    let statistics = allocator.statistics
    #expect(statistics.live == .kibibytes(64) && statistics.liveBlocks == 1)
    #expect(statistics.liveWindows == 1 && statistics.stitchedRuns == runs)
    #expect(statistics.mappings == 2 * runs + 1)
    #expect(kernel.mappings.count == 1 + 2 * runs)
    ring = nil
    allocator.heapForTests.windows.tearDownRetired()
    let after = allocator.statistics
    #expect(after.live == 0 && after.liveBlocks == 0 && after.free == .mebibytes(4))
    #expect(after.liveWindows == 0 && after.retiredWindows == 0 && after.mappings == 0)
    #expect(kernel.mappings.count == 1)
    allocator.heapForTests.validate()
  }

  @Test func aRingOfOneRunIsNoSignOfFragmentation() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let heap = allocator.heapForTests
    let ceiling = heap.policy.cacheCeiling.load(ordering: .relaxed)
    let ring = try CompoundRing(capacity: .kibibytes(64), allocator: allocator)
    #expect(heap.policy.cacheCeiling.load(ordering: .relaxed) == ceiling)
    #expect(ring.capacity == .kibibytes(64))
  }

  @Test func bothAddressesOfAByteFindItsRing() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var ring = try CompoundRing(capacity: .kibibytes(32), allocator: allocator)
    let base = ring.withUnsafeWritableBytes { $0.baseAddress }
    let start = try #require(base)
    for offset in [0, 1, 4096, 20_000, 32_767] {
      for address in [start + offset, start + 32_768 + offset] {
        let block = allocator.block(containing: address)
        #expect(block?.baseAddress == start && block?.offset == ByteCount(offset))
        let page = offset / 4096
        let frame = allocator.frame(ofPage: page, inBlockContaining: address)
        let linear = frame.map { allocator.address(of: $0) + offset % 4096 }
        let found = linear.flatMap { allocator.block(containing: $0) }
        #expect(found?.baseAddress == start && found?.offset == ByteCount(offset))
      }
    }
    #expect(allocator.block(containing: start + 65_536)?.baseAddress != start)
    #expect(allocator.block(containing: start - 1)?.baseAddress != start)
  }

  @Test func whatWasARingIsNoBlocksWindow() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mayExchange = false
    configuration.keptMappings = 1000
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    func base(_ ring: consuming CompoundRing) -> UnsafeMutableRawPointer? {
      ring.withUnsafeWritableBytes { $0.baseAddress }
    }
    let size = PageCount(50).byteCount
    let first = base(try CompoundRing(capacity: size, allocator: allocator))
    let block = try allocator.allocatePointer(byteCount: size)
    #expect(block != first)
    allocator.deallocate(block)
    // But it is another ring's.
    let second = base(try CompoundRing(capacity: size, allocator: allocator))
    #expect(second == first)
    // And what was a block's is not.
    let third = try allocator.allocatePointer(byteCount: size)
    #expect(third == block)
    allocator.deallocate(third)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  // MARK: Limits

  @Test func aRingNeedsThreeMappings() throws {
    let none = try CompoundAllocator.contiguousFirst(.mebibytes(8), mappingLimit: 2)
    #expect(throws: CompoundError.mappingBudget(needed: 3, available: 2, limit: 2)) {
      _ = try CompoundRing(capacity: .page, allocator: none)
    }
    #expect(none.statistics.free == .mebibytes(8) && none.statistics.failures == 1)
    none.heapForTests.validate()
    let one = try CompoundAllocator.contiguousFirst(.mebibytes(8), mappingLimit: 3)
    for _ in 0..<3 {
      let ring = try CompoundRing(capacity: .mebibytes(8), allocator: one)
      let count = ring.runs.count
      #expect(count == 1)
    }
    one.heapForTests.validate()
  }

  @Test func scatteredPagesAreExchangedForWantOfMappings() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8), mappingLimit: 20)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    var ring = try CompoundRing(capacity: .mebibytes(2), allocator: allocator)
    let isWhole = use(&ring, seed: 9, rounds: 5)
    #expect(isWhole)
    allocator.deallocate(all: kept)
    allocator.heapForTests.validate()
  }

  @Test func forcedRingsAreGrantedWithFewMappings() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    configuration.mappingLimit = 40
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    for _ in 0..<3 {
      var rings: [Boxed] = []
      for seed in 0..<6 {
        var ring = try CompoundRing(capacity: .mebibytes(1), allocator: allocator)
        let isWhole = use(&ring, seed: UInt64(seed), rounds: 5)
        #expect(isWhole)
        rings.append(Boxed(ring))
      }
      #expect(allocator.statistics.mappings <= 40)
      #expect(rings.count == 6)
    }
    allocator.heapForTests.validate()
  }

  private final class Boxed {
    let ring: CompoundRing
    init(_ ring: consuming CompoundRing) { self.ring = ring }
  }

  @Test(arguments: [0, -1, .mebibytes(8) + 1] as [ByteCount])
  func sizesThatCannotBeAreRefused(size: ByteCount) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    #expect(throws: CompoundError.invalidSize(size, capacity: .mebibytes(8))) {
      _ = try CompoundRing(capacity: size, allocator: allocator)
    }
  }

  @Test func memoryThatIsNotThereIsRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let page = try allocator.allocate(pageCount: 1)
    #expect(throws: CompoundError.self) {
      _ = try CompoundRing(capacity: .mebibytes(8), allocator: allocator)
    }
    #expect(allocator.statistics.free == .mebibytes(8) - .page)
    #expect(page.byteCount == .page)
  }

  @Test func aRingKeepsItsMemoryAlive() throws {
    var allocator: CompoundAllocator? = try .ofBuild(.mebibytes(8))
    var ring = try allocator.map { try CompoundRing(capacity: 1, allocator: $0) }
    allocator = nil
    ring?.withUnsafeWritableBytes { $0[0] = 7 }
    ring?.commit(1)
    let byte = ring?.withUnsafeReadableBytes { $0[0] }
    #expect(byte == 7)
    ring = nil
  }

  // MARK: Threads

  @Test func threadsHaveRingsOfTheirOwn() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    let failures = EventCounter()
    let crew = Crew(4) { index in
      for round in 0..<30 {
        let pages = PageCount(1 + (index * 7 + round * 13) % 300)
        guard var ring = try? CompoundRing(capacity: pages.byteCount, allocator: allocator),
          let buffer = try? allocator.allocate(pageCount: pages)
        else {
          failures.add()
          continue
        }
        if !use(&ring, seed: UInt64(index), rounds: 4) || buffer.pageCount != pages {
          failures.add()
        }
      }
    }
    crew.join()
    #expect(failures.value == 0)
    allocator.drainCaches()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }
}

/// Mistakes with rings stop the program.
@Suite struct RingMistakeTests {
  @Test(arguments: [-1, 4093, .max])
  func committingWhatThereIsNoRoomFor(count: Int) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [count] in
      var ring = try CompoundRing(capacity: 1, allocator: .ofBuild(.mebibytes(8)))
      ring.commit(4)
      ring.commit(ByteCount(count))
    }
    #expect(
      lastWords(
        result, say: "cannot commit \(count) bytes to the ring at 0x", "room for 4092 bytes"))
  }

  @Test(arguments: [-1, 5, .max])
  func consumingWhatIsNotThere(count: Int) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [count] in
      var ring = try CompoundRing(capacity: 1, allocator: .ofBuild(.mebibytes(8)))
      ring.commit(4)
      ring.consume(ByteCount(count))
    }
    #expect(
      lastWords(result, say: "cannot consume \(count) bytes of the ring at 0x", "holds 4 bytes"))
  }

  @Test func freeingARingByItsPointer() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
      var ring = try CompoundRing(capacity: 1, allocator: allocator)
      guard let base = ring.withUnsafeWritableBytes({ $0.baseAddress }) else { return }
      allocator.deallocate(base)
    }
    #expect(lastWords(result, say: "cannot free 0x", "belongs to a CompoundBuffer"))
  }
}
