// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Mistakes with blocks in slabs: every one in checked builds, and what costs nothing in others.
@Suite struct ObjectMistakeTests {
  /// Whether the last words of a process say all this.
  private func message(_ result: ExitTest.Result?, says words: String...) -> Bool {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    return words.allSatisfy { text.contains($0) }
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func anotherSizeStopsCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 100)
      allocator.deallocate(pointer, byteCount: 101)
    }
    #expect(
      message(
        result, says: "VCompound: cannot free 0x", "with a size of 101 bytes",
        "the block has 100 bytes"))
  }

  @Test func aSizeOfAnotherClassStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 128)
      allocator.deallocate(pointer, byteCount: 1000)
    }
    #expect(
      message(result, says: "VCompound: cannot free 0x", "with a size of 1000 bytes", "128 bytes"))
  }

  @Test(.enabled(if: CheckedBuild.isOn), arguments: [1, 100, 3000])
  func freeingTwiceStopsCheckedBuilds(size: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [size] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: ByteCount(size))
      allocator.deallocate(pointer)
      allocator.deallocate(pointer)
    }
    #expect(message(result, says: "VCompound: cannot free 0x", "freed before?"))
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func anInteriorAddressStopsCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 100)
      allocator.deallocate(pointer + 16)
    }
    #expect(
      message(result, says: "cannot free 0x", "it lies 16 bytes into the block", "100 bytes"))
  }

  @Test(.enabled(if: CheckedBuild.isOn), arguments: [0, 11])
  func writingPastTheEndStopsCheckedBuilds(beyond: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [beyond] in
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 100)
      pointer.storeBytes(of: 1, toByteOffset: 100 + beyond, as: UInt8.self)
      allocator.deallocate(pointer)
    }
    #expect(
      message(
        result, says: "of 100 bytes was written to past its end",
        "\(100 + beyond) bytes from its start"))
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func writingAfterTheEndOfLifeStopsTheNextUseInCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 100)
      allocator.deallocate(pointer)
      pointer.storeBytes(of: 1, toByteOffset: 7, as: UInt8.self)
      _ = try allocator.allocatePointer(byteCount: 100)
    }
    #expect(message(result, says: "the free block at 0x", "7 bytes from its start"))
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func theWrongOwnerStopsCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let buffer = try allocator.allocate(byteCount: 100)
      allocator.deallocate(buffer.baseAddress)
      _ = consume buffer
    }
    #expect(message(result, says: "cannot free 0x", "the block belongs to a CompoundBuffer"))
    let adopted = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 100)
      let first = allocator.adopt(pointer)
      let second = allocator.adopt(pointer)
      _ = (first.byteCount, second.byteCount)
    }
    #expect(message(adopted, says: "cannot adopt 0x", "the block belongs to a CompoundBuffer"))
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func aLeakStopsCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      _ = try allocator.allocatePointer(byteCount: 100)
      _ = try allocator.allocatePointer(byteCount: 200)
    }
    #expect(message(result, says: "VCompound: leak:", "of 100 bytes", "and 1 more"))
  }
}
