// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// A buffer that many hold and read.
@Suite struct SharedBufferTests {
  /// The byte at a place of every buffer here.
  private static func byte(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: place &* 31 >> 3) }

  private static func make(
    _ byteCount: Int, of allocator: CompoundAllocator
  ) throws -> SharedBuffer {
    SharedBuffer(try allocator.allocate(copying: (0..<byteCount).map(byte)))
  }

  /// Whether a holder has the bytes of a range of its buffer.
  private static func holds(_ shared: SharedBuffer, _ range: Range<Int>) -> Bool {
    let span = shared.bytes
    let isRight = range.enumerated().allSatisfy { index, place in
      span.unsafeLoad(fromByteOffset: index, as: UInt8.self) == byte(place)
    }
    return isRight && span.byteCount == range.count
      && shared.byteCount == ByteCount(range.count) && shared.isEmpty == range.isEmpty
      && shared.withUnsafeBytes { $0.elementsEqual(range.map(byte)) }
  }

  @Test(arguments: [1, 100, 40_000, 1_000_000])
  func allHoldersReadTheSameMemory(byteCount: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let shared = try Self.make(byteCount, of: allocator)
    let copies = Array(repeating: shared, count: 10)
    let addresses = Set(copies.map { $0.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } })
    #expect(addresses.count == 1)
    #expect(copies.allSatisfy { Self.holds($0, 0..<byteCount) })
    #expect(allocator.statistics.liveBlocks == 1)
  }

  /// Random parts of parts, beside the ranges that they stand for.
  @Test(arguments: 0..<10)
  func partsOfPartsAreThoseOfTheirRanges(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var parts = [(try Self.make(500, of: allocator), 0..<500)]
    for _ in 0..<30 {
      let (part, range) = parts[Int.random(in: 0..<parts.count, using: &random)]
      let low = Int.random(in: 0...range.count, using: &random)
      let high = Int.random(in: low...range.count, using: &random)
      let place = range.lowerBound
      parts.append((part[low..<high], place + low..<place + high))
      parts.append((part[low...], place + low..<range.upperBound))
      parts.append((part[..<high], place..<place + high))
      parts.remove(at: Int.random(in: 0..<parts.count, using: &random))
      #expect(parts.allSatisfy { Self.holds($0, $1) })
      #expect(allocator.statistics.liveBlocks == 1)
    }
    parts.removeAll()
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test(arguments: [-1..<5, 0..<101, 101..<101, 60..<Int.max])
  func aRangeThatIsNotInsideStops(range: Range<Int>) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [range] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let shared = SharedBuffer(try allocator.allocate(byteCount: 10_000))
      let part = shared[50..<150]
      _ = part[range]
    }
    #expect(lastWords(result, say: "VCompound: bytes \(range) of 0x", "which has 100 bytes"))
  }

  @Test(arguments: [-1, 101, .max, .min], [false, true])
  func anOpenRangeThatIsNotInsideStops(bound: Int, isFrom: Bool) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [bound, isFrom] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let shared = SharedBuffer(try allocator.allocate(byteCount: 100))
      _ = isFrom ? shared[bound...] : shared[..<bound]
    }
    #expect(lastWords(result, say: "VCompound: bytes ", "\(bound)", "of 0x", "has 100 bytes"))
  }

  @Test func theOnlyHolderTakesTheBufferBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var buffer = try allocator.allocate(byteCount: 40_000)
    let address = buffer.baseAddress
    for round in 0..<10 {
      buffer.withUnsafeMutableBytes { $0[round] = UInt8(round) }
      var shared = SharedBuffer(buffer)
      var copies = [shared, shared[..<5], shared[0...]]
      while !copies.isEmpty {
        let isTaken = shared.takeIfUnique() != nil
        #expect(!isTaken)
        #expect(shared.byteCount == 40_000)
        copies.removeLast()
      }
      guard let taken = shared.takeIfUnique() else {
        Issue.record("another holder")
        return
      }
      buffer = taken
      #expect(buffer.baseAddress == address && buffer.byteCount == 40_000)
      #expect(shared.isEmpty && shared.bytes.isEmpty && shared[0..<0].isEmpty)
      let isTakenTwice = shared.takeIfUnique() != nil
      #expect(!isTakenTwice)
    }
    #expect(allocator.statistics.liveBlocks == 1)
    #expect(buffer.withUnsafeBytes { $0[..<10].elementsEqual(0..<10) })
  }

  @Test func aPartIsNotTakenBackThoughItIsTheOnlyHolder() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for range in [0..<99, 1..<100, 0..<0, 100..<100] {
      var part = try Self.make(100, of: allocator)[range]
      let isTaken = part.takeIfUnique() != nil
      #expect(!isTaken)
      #expect(Self.holds(part, range))
    }
    var whole = try Self.make(100, of: allocator)[0..<100]
    let isTaken = whole.takeIfUnique() != nil
    #expect(isTaken)
  }

  /// Threads read and drop a holder each, and try to take the buffer by it before: one at most has
  /// it, and what that one writes is seen by no reader.
  ///
  /// Not for the thread sanitizer, which does not see that counts of references put in order.
  @Test(arguments: 0..<4)
  func oneThreadAtMostTakesTheBuffer(seed: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    var takenCount = 0
    for round in 0..<100 {
      let count = 2 + (seed + round) % 3
      let shared = try Self.make(64 + round * 10, of: allocator)
      let holders = Mutex(Array(repeating: shared, count: count))
      _ = consume shared
      let taken = EventCounter()
      onThreads(count) { _ in
        guard var mine = holders.withLock({ $0.popLast() }) else { return }
        for _ in 0..<3 {
          if var buffer = mine.takeIfUnique() {
            taken.add()
            buffer.withUnsafeMutableBytes {
              _ = $0.initializeMemory(as: UInt8.self, repeating: 0)
            }
            return
          }
          precondition(Self.holds(mine, 0..<mine.byteCount.rawValue), "read what was written")
        }
      }
      #expect(taken.value <= 1)
      takenCount += taken.value
    }
    #expect(takenCount > 0)
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func theMemoryOutlivesTheAllocator() async {
    await #expect(processExitsWith: .success) {
      var allocator: CompoundAllocator? = try CompoundAllocator.ofBuild(.mebibytes(2))
      var part: SharedBuffer?
      if let allocator { part = try Self.make(40_000, of: allocator)[5..<500] }
      allocator = nil
      #expect(KernelView.descriptorsNamingArenas() == 1)
      #expect(Self.holds(try #require(part), 5..<500))
      part = nil
      #expect(KernelView.descriptorsNamingArenas() == 0)
    }
  }

  @Test func aPartIsWritten() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let file = memfd_create("shared", 0)
    defer { close(file) }
    var shared = try Self.make(30_000, of: allocator)
    try shared[20_000..<30_000].write(to: file)
    try shared[5..<5].write(to: file)
    try shared[..<20_000].write(to: file, atOffset: 10_000)
    var copy = try allocator.allocate(byteCount: 30_000)
    #expect(try copy.read(from: file, atOffset: 0) == 30_000)
    let halves = SharedBuffer(copy)
    #expect(Self.holds(halves[..<10_000], 20_000..<30_000))
    #expect(Self.holds(halves[10_000...], 0..<20_000))
    #expect(throws: TransferError(errno: EBADF, transferredByteCount: 0)) {
      try shared.write(to: -1)
    }
    _ = shared.takeIfUnique()
    try shared.write(to: file)
    #expect(lseek(file, 0, SEEK_END) == 30_000)
  }
}
