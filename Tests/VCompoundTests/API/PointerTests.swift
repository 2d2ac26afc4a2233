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

  /// The recipes of the article *From malloc*.
  @Test(arguments: [5, 1_000_000])
  func dataUsesTheMemoryWithoutACopyAndGivesItBack(byteCount: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    do {
      var buffer = try allocator.allocate(byteCount: ByteCount(byteCount), zeroed: true)
      buffer.withUnsafeMutableBytes { $0[byteCount - 1] = 42 }
      let address = UnsafeRawPointer(buffer.baseAddress)
      let data = Data(buffer, of: allocator)
      #expect(data.count == byteCount && data[byteCount - 1] == 42)
      // A few bytes are copied into the value.
      let isSame = data.withUnsafeBytes { $0.baseAddress == address }
      #expect(isSame == (byteCount > 100))
      #expect(allocator.statistics.liveBlocks == (byteCount > 100 ? 1 : 0))
    }
    #expect(allocator.statistics.liveBlocks == 0)
  }

  @Test func dataIsOneOfSeveralHolders() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    do {
      var shared = SharedBuffer(
        try allocator.allocate(copying: (0..<100_000).map { UInt8($0 & 255) }))
      do {
        let part = shared[1000...]
        let data = part.withUnsafeBytes { bytes in
          Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes.baseAddress!), count: bytes.count,
            deallocator: .custom { _, _ in _ = part })
        }
        #expect(data[0] == UInt8(1000 & 255) && data.count == 99_000)
        let isTaken = shared.takeIfUnique() != nil
        #expect(!isTaken)
        // The only data of its memory is changed in place.
        var changed = consume data
        changed[0] = 7
        #expect(shared.withUnsafeBytes { $0[1000] } == 7)
      }
      let isTaken = shared.takeIfUnique() != nil
      #expect(isTaken)
    }
    #expect(allocator.statistics.liveBlocks == 0)
  }
}

extension Data {
  /// Takes over a buffer: as in the article.
  fileprivate init(_ buffer: consuming CompoundBuffer, of allocator: CompoundAllocator) {
    let count = buffer.byteCount.rawValue
    let pointer = buffer.relinquish()
    self.init(
      bytesNoCopy: pointer, count: count,
      deallocator: .custom { pointer, _ in allocator.deallocate(pointer) })
  }
}
