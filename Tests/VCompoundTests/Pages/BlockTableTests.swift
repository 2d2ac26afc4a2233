// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The records of blocks: found from any frame, and apart from those of their neighbours.
@Suite struct BlockTableTests {
  @Test func everyFrameHasAPlaceOfItsOwnInItsChunk() {
    for chunk in [0, 1, 77] {
      let places = (0..<512).map { BlockTable.place(of: PageFrame(chunk * 512 + $0)) }
      #expect(Set(places) == Set(chunk * 512..<chunk * 512 + 512))
    }
  }

  @Test(arguments: [1, 2, 4, 8, 16, 32, 64, 128, 256])
  func framesAPowerOfTwoApartAreInDifferentCacheLines(distance: Int) {
    // Aligned to the distance, as blocks of one size side by side are.
    for first in stride(from: 0, to: 512 - distance, by: distance) {
      let line = BlockTable.place(of: PageFrame(first)) / 8
      #expect(BlockTable.place(of: PageFrame(first + distance)) / 8 != line)
    }
  }

  @Test func theHeadOfAFrameIsFoundOverChunks() throws {
    var table = try BlockTable(pageCount: 5000, system: OperatingSystem())
    let blocks = [(0, 1), (1, 511), (512, 1), (513, 2000), (2513, 500), (3013, 11)]
    for (first, count) in blocks {
      table.insert(
        FrameRun(first: PageFrame(first), pageCount: PageCount(count)),
        BlockTable.Record(
          byteCount: PageCount(count).byteCount, owner: first % 2 == 0 ? .buffer : .pointer))
    }
    for (first, count) in blocks {
      for frame in first..<first + count {
        let head = table.head(of: PageFrame(frame))
        #expect(head == PageFrame(first))
      }
      let record = table[PageFrame(first)]
      #expect(record.byteCount == PageCount(count).byteCount)
      #expect(record.owner == (first % 2 == 0 ? .buffer : .pointer))
      #expect(record.window == nil)
    }
    table.remove(PageFrame(513))
    let isHead = table.isHead(PageFrame(513))
    #expect(!isHead)
    let record = table[PageFrame(513)]
    #expect(!record.isInUse(of: .pointer) && !record.isInUse(of: .buffer))
  }

  @Test func recordsSayWhatTheyAre() {
    let stitched = BlockTable.Record(window: 12)
    #expect(stitched.window == 12)
    #expect(!stitched.isInUse(of: .pointer))
    let large = BlockTable.Record(byteCount: .tebibytes(8), owner: .buffer)
    #expect(large.byteCount == .tebibytes(8))
    #expect(large.isInUse(of: .buffer) && !large.isInUse(of: .pointer))
    #expect(large.cached.isCached && !large.isCached)
    #expect(!large.cached.isInUse(of: .buffer))
    #expect(large.cached.byteCount == large.byteCount)
  }
}
