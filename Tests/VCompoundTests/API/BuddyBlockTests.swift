// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks as a buddy allocator has them.
@Suite struct BuddyBlockTests {
  private func isAligned(_ buffer: borrowing CompoundBuffer) -> Bool {
    buffer.withUnsafeBytes { bytes in
      bytes.baseAddress.map { UInt(bitPattern: $0) % UInt(bytes.count) == 0 } ?? false
    }
  }

  @Test(arguments: 0...10)
  func aBlockHasItsOrder(order: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    // A page in the way: the next free one is not aligned.
    let page = try allocator.allocate(pageCount: 1)
    let buffer = try allocator.allocate(order: PageOrder(order), zeroed: true)
    let (isAligned, has) = (isAligned(buffer), buffer.order)
    #expect(isAligned && has == PageOrder(order))
    #expect(buffer.pageCount == PageCount(1 << order))
    #expect(buffer.withUnsafeBytes { $0.allSatisfy { $0 == 0 } } == true)
    #expect(page.byteCount == .page)
  }

  @Test(arguments: 1...9)
  func aStitchedBlockHasItToo(order: Int) throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(8))
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let buffer = try allocator.allocate(order: PageOrder(order))
    let (isAligned, isStitched, has) = (isAligned(buffer), buffer.isStitched, buffer.order)
    #expect(isAligned && isStitched && has == PageOrder(order))
    allocator.deallocate(all: kept)
  }

  @Test func anOrderOfMoreThanTheArenaIsRefused() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    #expect(throws: CompoundError.invalidSize(.mebibytes(16), capacity: .mebibytes(8))) {
      _ = try allocator.allocate(order: 12)
    }
    let large = try CompoundAllocator.ofBuild(.gibibytes(4))
    #expect(throws: CompoundError.invalidAlignment(.gibibytes(2))) {
      _ = try large.allocate(order: 19)
    }
  }

  @Test func othersHaveAnOrderWhereTheyAreSuchBlocks() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let three = try allocator.allocate(pageCount: 3)
    #expect(three.order == nil)
    let object = try allocator.allocate(byteCount: 100)
    #expect(object.order == nil)
    let four = try allocator.allocate(pageCount: 4, alignment: .kibibytes(16))
    #expect(four.order == 2)
  }
}
