// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Orders: the exponents of blocks with a power of two of pages.
@Suite struct OrderTests {
  @Test(arguments: [
    (1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (511, 9), (512, 9), (513, 10), (1 << 51, 51),
  ])
  func coversPagesWithTheSmallestOrder(pages: Int, order: Int) {
    #expect(PageOrder(covering: PageCount(pages)) == PageOrder(order))
  }

  @Test func theSmallestOrderIsTheSmallest() {
    for pages in 1...5000 {
      let order = PageOrder(covering: PageCount(pages))
      #expect(order.pageCount >= PageCount(pages))
      #expect(order == 0 || order.pageCount.rawValue / 2 < pages)
    }
  }

  @Test func isExactForPowersOfTwoOnly() {
    for exponent in 0...51 {
      let order = PageOrder(exponent)
      #expect(PageOrder(exactly: order.pageCount) == order)
      #expect(order.pageCount.rawValue == 1 << exponent)
    }
    for pages in [0, -1, -2, Int.min, 3, 6, 511, 513, Int.max] {
      #expect(PageOrder(exactly: PageCount(pages)) == nil, "\(pages)")
    }
  }

  @Test func aChunkIsTheOrderOfAHugePage() {
    #expect(PageOrder.chunk.pageCount.byteCount == .chunk)
    #expect(PageOrder.chunk == 9)
  }

  @Test func smallerOrdersComeFirst() {
    #expect(PageOrder(3) < PageOrder(4))
    #expect([PageOrder(2), 0, 1].sorted() == [0, 1, 2])
  }

  @Test func orders52AndUpStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = PageOrder(52) }
    await #expect(processExitsWith: .failure) { _ = PageOrder(-1) }
  }

  @Test func noOrderCoversNothing() async {
    await #expect(processExitsWith: .failure) { _ = PageOrder(covering: 0) }
  }
}
