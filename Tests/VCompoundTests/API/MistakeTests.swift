// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Mistakes of callers stop the program, with a message that names the address.
@Suite struct MistakeTests {
  /// Whether the last words of a process say all this.
  private func message(_ result: ExitTest.Result?, says words: String...) -> Bool {
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    return words.allSatisfy { text.contains($0) }
  }

  @Test func freeingTwiceStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(40))
      allocator.deallocate(pointer)
      allocator.deallocate(pointer)
    }
    #expect(message(result, says: "VCompound: cannot free 0x", "freed before?"))
  }

  @Test func freeingAStitchedBlockTwiceStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .always
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(2), configuration: configuration)
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(40))
      allocator.deallocate(pointer)
      allocator.deallocate(pointer)
    }
    #expect(message(result, says: "VCompound: cannot free 0x", "freed before?"))
  }

  @Test func freeingAForeignAddressStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let foreign = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
      allocator.deallocate(foreign)
    }
    #expect(message(result, says: "VCompound: cannot free 0x", "no address of this allocator"))
  }

  @Test func freeingAnInteriorAddressStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(16))
      allocator.deallocate(pointer + 4096)
    }
    #expect(
      message(
        result, says: "VCompound: cannot free 0x", "it lies 4096 bytes into the block at 0x",
        "of 16384 bytes"))
  }

  @Test func freeingThroughTheLinearMapStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .always
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(2), configuration: configuration)
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(16))
      let frame = try #require(allocator.frame(ofPage: 0, inBlockContaining: pointer))
      allocator.deallocate(allocator.address(of: frame))
    }
    #expect(message(result, says: "VCompound: cannot free 0x", "it lies 0 bytes into the block"))
  }

  @Test func freeingWithTheWrongSizeStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: 5000)
      allocator.deallocate(pointer, byteCount: 5001)
    }
    #expect(
      message(
        result, says: "VCompound: cannot free 0x", "with a size of 5001 bytes",
        "the block has 5000 bytes"))
  }

  @Test func freeingABuffersMemoryByItsAddressStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let buffer = try allocator.allocate(pageCount: 3)
      allocator.deallocate(buffer.baseAddress)
      _ = consume buffer
    }
    #expect(message(result, says: "cannot free 0x", "the block belongs to a CompoundBuffer"))
  }

  @Test func adoptingTwiceStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(40))
      let first = allocator.adopt(pointer)
      let second = allocator.adopt(pointer)
      _ = (first.byteCount, second.byteCount)
    }
    #expect(message(result, says: "cannot adopt 0x", "the block belongs to a CompoundBuffer"))
  }

  @Test func reallocatingAFreedBlockStops() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(40))
      allocator.deallocate(pointer)
      _ = try allocator.reallocatePointer(pointer, byteCount: 2)
    }
    #expect(message(result, says: "cannot reallocate 0x"))
  }

  @Test func askingForAPageThatIsNotThereStops() async {
    await #expect(processExitsWith: .failure) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let buffer = try allocator.allocate(pageCount: 3)
      _ = buffer.frame(ofPage: 3)
    }
    await #expect(processExitsWith: .failure) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      _ = allocator.address(of: PageFrame(1 << 20))
    }
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func leakingAPointerBlockStopsCheckedBuilds() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      _ = try allocator.allocatePointer(byteCount: 5000)
      _ = try allocator.allocatePointer(byteCount: 1)
    }
    #expect(message(result, says: "VCompound: leak:", "at 0x", "and 1 more"))
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func usingAStitchedBlockAfterItsEndFaultsInCheckedBuilds() async {
    await #expect(processExitsWith: .signal(11)) {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .always
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(2), configuration: configuration)
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(16))
      allocator.deallocate(pointer)
      pointer.storeBytes(of: 1, as: UInt8.self)
    }
    await #expect(processExitsWith: .signal(11)) {
      var configuration = AllocatorConfiguration()
      configuration.fallback = .always
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(2), configuration: configuration)
      let pointer = try allocator.allocatePointer(byteCount: .kibibytes(16))
      _ = try allocator.reallocatePointer(pointer, byteCount: .kibibytes(8))
      pointer.storeBytes(of: 1, toByteOffset: 8192, as: UInt8.self)
    }
  }

  @Test(.enabled(if: CheckedBuild.isOn))
  func freedMemoryIsPoisonedInCheckedBuilds() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    let pointer = try allocator.allocatePointer(byteCount: .kibibytes(16))
    let alias = UnsafeRawBufferPointer(start: pointer, count: 16384)
    pointer.initializeMemory(as: UInt8.self, repeating: 1, count: 16384)
    allocator.deallocate(pointer)
    // The arena is mapped still; reading it is for tests only.
    #expect(alias.allSatisfy { $0 == CheckedBuild.poison })
  }
}
