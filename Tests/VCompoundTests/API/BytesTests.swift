// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Copies of bytes, memory with its size, and products of count and size.
@Suite struct BytesTests {
  @Test(arguments: [1, 7, 100, 5000, 300_000])
  func aCopyHasTheBytes(count: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    func check(_ buffer: borrowing CompoundBuffer) {
      let isCopied = buffer.withUnsafeBytes { $0.elementsEqual(bytes) }
      #expect(isCopied)
      #expect(buffer.byteCount == ByteCount(count))
    }
    check(try allocator.allocate(copying: bytes.span.bytes))
    check(try allocator.allocate(copying: bytes))
    check(try allocator.allocate(copying: ([0] + bytes)[1...]))
    // No contiguous memory behind these.
    check(try allocator.allocate(copying: bytes.reversed().reversed() as ReversedCollection))
    check(try allocator.allocate(copying: bytes.lazy.map { $0 }))
    try bytes.withUnsafeBytes { check(try allocator.allocate(copying: $0)) }
    // A copy of a copy.
    let first = try allocator.allocate(copying: bytes)
    let second = try allocator.allocate(copying: first.bytes, alignment: .page)
    check(second)
    #expect(UInt(bitPattern: second.baseAddress) % 4096 == 0)
    let isApart = first.baseAddress != second.baseAddress
    #expect(isApart)
  }

  @Test func nothingCannotBeCopied() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let expected = CompoundError.invalidSize(0, capacity: .mebibytes(4))
    #expect(throws: expected) { _ = try allocator.allocate(copying: []) }
    let none: [UInt8] = []
    #expect(throws: expected) { _ = try allocator.allocate(copying: none.span.bytes) }
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func eachWayNotesALabel() throws {
    var configuration = AllocatorConfiguration()
    configuration.census = .everything
    let allocator = try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
    let array: [UInt8] = [1, 2, 3]
    let first = try allocator.allocate(copying: array.span.bytes, label: "span")
    let second = try allocator.allocate(copying: array, label: "array")
    let bytes = try allocator.allocateBytes(count: 5000, label: "bytes")
    let words = try allocator.allocatePointer(count: 70, of: Int.self, zeroed: true, label: "words")
    #expect((0..<70).allSatisfy { words[$0] == 0 })
    let labels = allocator.census().labels
    #expect(Set(labels.map(\.label)) == ["span", "array", "bytes", "words"])
    #expect(labels.first { $0.label == "words" }?.asked.rawValue == 560)
    allocator.deallocate(bytes)
    allocator.deallocate(words)
    _ = consume first
    _ = consume second
    #expect(allocator.census().total.blocks == 0)
    #expect(throws: CompoundError.sizeOverflow(count: .max, stride: 8)) {
      _ = try allocator.allocatePointer(count: .max, of: Int.self, label: "words")
    }
  }

  @Test(arguments: [1, 100, 5000, 40_000], [nil, 8, 64, 4096] as [Int?])
  func memoryKnowsItsSize(count: Int, alignment: Int?) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let least = alignment.map { ByteCount($0) }
    let bytes = try allocator.allocateBytes(count: count, alignment: least, zeroed: true)
    #expect(bytes.count == count && bytes.allSatisfy { $0 == 0 })
    #expect(UInt(bitPattern: bytes.baseAddress) % UInt(alignment ?? 1) == 0)
    #expect(allocator.statistics.liveBlocks == 1)
    allocator.deallocate(bytes)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.deallocate(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    #expect(throws: CompoundError.invalidSize(-5, capacity: .mebibytes(4))) {
      _ = try allocator.allocateBytes(count: -5)
    }
  }

  @Test(arguments: [100, 40_000], [0, 1, 1000])
  func aPartOfTheMemoryIsNotFreed(count: Int, rest: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [count, rest] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let bytes = try allocator.allocateBytes(count: count)
      let part = UnsafeMutableRawBufferPointer(
        start: bytes.baseAddress, count: min(rest, count / 2))
      allocator.deallocate(part)
    }
    #expect(lastWords(result, say: "VCompound: cannot free 0x", "with a size of"))
  }

  @Test func elementsAreCounted() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let numbers = try allocator.allocatePointer(count: 1000, of: Int.self, zeroed: true)
    #expect((0..<1000).allSatisfy { numbers[$0] == 0 })
    #expect(allocator.block(containing: numbers)?.byteCount == 8000)
    // The stride counts, not the size, and the alignment of the type.
    let pairs = try allocator.allocatePointer(count: 3, of: (Int, Int8).self)
    #expect(allocator.block(containing: pairs)?.byteCount == 48)
    for count in [1, 3, 100] {
      let vectors = try allocator.allocatePointer(count: count, of: SIMD16<Double>.self)
      #expect(UInt(bitPattern: vectors) % UInt(MemoryLayout<SIMD16<Double>>.alignment) == 0)
      allocator.deallocate(vectors, byteCount: try ByteCount(count: count, of: SIMD16<Double>.self))
    }
    allocator.deallocate(numbers, byteCount: 8000)
    allocator.deallocate(pairs)
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test(arguments: [Int.max, Int.max / 8 + 1, Int.min])
  func aProductThatOverflowsIsRefused(count: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let expected = CompoundError.sizeOverflow(count: count, stride: 8)
    #expect(throws: expected) { _ = try allocator.allocatePointer(count: count, of: Int.self) }
    #expect(throws: expected) { _ = try ByteCount(count: count, of: Int.self) }
  }

  @Test(arguments: [0, -1, Int.max / 8])
  func aProductOutOfRangeIsAnInvalidSize(count: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let expected = CompoundError.invalidSize(ByteCount(count * 8), capacity: .mebibytes(4))
    #expect(throws: expected) { _ = try allocator.allocatePointer(count: count, of: Int.self) }
  }
}
