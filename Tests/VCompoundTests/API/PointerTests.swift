// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import VCompound

/// The pointer interface: blocks by address, and addresses by block.
@Suite struct PointerTests {
  @Test func anyAddressInABlockFindsIt() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    var blocks: [(UnsafeMutableRawPointer, Int)] = []
    for pages in [1, 2, 511, 512, 513, 1500] {
      blocks.append((try allocator.allocatePointer(byteCount: PageCount(pages).byteCount), pages))
    }
    for (base, pages) in blocks {
      for offset in [0, 1, 4095, (pages - 1) * 4096, pages * 4096 / 2, pages * 4096 - 1] {
        let found = try #require(allocator.block(containing: base + offset))
        #expect(found.baseAddress == base)
        #expect(found.offset == ByteCount(offset))
        #expect(found.byteCount == PageCount(pages).byteCount)
        #expect(allocator.owns(base + offset))
      }
    }
    allocator.deallocate(all: blocks.map(\.0))
    for (base, _) in blocks { #expect(allocator.block(containing: base) == nil) }
  }

  @Test func framesAndAddressesAreInverse() throws {
    let allocator = try CompoundAllocator.stitchingFirst(.mebibytes(4))
    let kept = try allocator.fragment { $0 % 3 == 0 }
    let block = try allocator.allocatePointer(byteCount: PageCount(50).byteCount)
    #expect(allocator.block(containing: block)?.isStitched == true)
    for page in 0..<50 {
      let frame = try #require(allocator.frame(ofPage: page, inBlockContaining: block + 4096 * 49))
      let alias = allocator.address(of: frame)
      // The linear-map address of a stitched page leads to the block, too.
      let found = try #require(allocator.block(containing: alias + 7))
      #expect(found.baseAddress == block)
      #expect(found.offset == ByteCount(page * 4096 + 7))
    }
    allocator.deallocate(block)
    allocator.deallocate(all: kept)
  }

  @Test func foreignAddressesAreNobodysBlock() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    let other = try CompoundAllocator.ofBuild(.mebibytes(2))
    let foreign = try other.allocatePointer(byteCount: 1)
    var local = 0
    withUnsafePointer(to: &local) { pointer in
      #expect(!allocator.owns(UnsafeRawPointer(pointer)))
      #expect(allocator.block(containing: UnsafeRawPointer(pointer)) == nil)
    }
    #expect(!allocator.owns(foreign))
    #expect(other.owns(foreign))
    other.deallocate(foreign)
  }

  @Test func ownershipGoesToAPointerAndBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for pages in [1, 7, 700] {
      var buffer = try allocator.allocate(pageCount: PageCount(pages))
      buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: pages) }
      let pointer = buffer.relinquish()
      #expect(stampsHold(pointer, pages: pages, block: pages))
      #expect(allocator.statistics.liveBlocks == 1)
      let adopted = allocator.adopt(pointer)
      #expect(adopted.pageCount == PageCount(pages))
      let again = adopted.relinquish()
      allocator.deallocate(again, byteCount: PageCount(pages).byteCount)
      #expect(allocator.statistics.liveBlocks == 0)
    }
    allocator.heapForTests.validate()
  }

  @Test func dataUsesTheMemoryWithoutACopyAndGivesItBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    do {
      let buffer = try allocator.allocate(byteCount: 1_000_000, zeroed: true)
      let byteCount = buffer.byteCount.rawValue
      let pointer = buffer.relinquish()
      pointer.storeBytes(of: 42, toByteOffset: 999_999, as: UInt8.self)
      let data = Data(
        bytesNoCopy: pointer, count: byteCount,
        deallocator: .custom { pointer, _ in allocator.deallocate(pointer) })
      #expect(data[999_999] == 42)
      #expect(data.withUnsafeBytes { $0.baseAddress == UnsafeRawPointer(pointer) })
    }
    #expect(allocator.statistics.liveBlocks == 0)
  }
}
