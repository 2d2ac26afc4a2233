// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct PageSourceTests {
  private func use<Page: SourcePage & ~Copyable>(
    _ page: Page.Type, _ source: Page.Source
  ) throws -> (account: PageAccount, out: PagesOut) {
    var first = PageRack<Page>(capacity: 100)
    var taken = 0
    for _ in 0..<3 {
      // In two steps, so that a rack is filled that has pages already.
      try Page.fill(&first, 30, from: source)
      try Page.fill(&first, 70, from: source)
      taken += 100
      var addresses: Set<UInt> = []
      for index in 0..<100 {
        first.withPage(index) { page in
          page.baseAddress.storeBytes(of: UInt64(index), as: UInt64.self)
          addresses.insert(UInt(bitPattern: page.baseAddress))
        }
      }
      #expect(addresses.count == 100)
      Page.release(&first, to: source)
      let count = first.count
      #expect(count == 0)
    }
    return (source.account(taken: taken), source.settle())
  }

  @Test func everySourceHasAllPagesBack() throws {
    let pool = try use(PooledPage.self, PagePoolSource(pages: 200))
    #expect(pool.out.isNone)
    #expect(pool.account.fromBelow < 300)
    #expect(pool.account.recyclingRate ?? 0 > 0.5)
    #expect(try use(BulkPooledPage.self, PagePoolSource(pages: 200, kept: 100)).out.isNone)
    let locked = try use(LockedPage.self, LockedPageSource(pages: 200))
    #expect(locked.out.isNone)
    #expect(locked.account == PageAccount(fromBelow: 100, recyclingRate: 1 - 1 / 3.0))
    let ring = try use(RingPage.self, RingPageSource(pages: 200))
    #expect(ring.out.isNone)
    #expect(ring.account == PageAccount(fromBelow: 100, recyclingRate: 1 - 1 / 3.0))
    for other in [
      try use(BulkPage.self, BulkPageSource(pages: 200)),
      try use(FramePage.self, FramePageSource(pages: 200)),
      try use(MallocPage.self, MallocPageSource(pages: 200)),
    ] {
      #expect(other.out.isNone)
      #expect(other.account == PageAccount(fromBelow: 300))
    }
  }

  /// What is kept beyond the end is told of.
  private func out<Page: SourcePage & ~Copyable>(
    _ page: Page.Type, _ source: Page.Source
  ) throws -> Int {
    var rack = PageRack<Page>(capacity: 3)
    try Page.fill(&rack, 3, from: source)
    let out = source.settle()
    Page.release(&rack, to: source)
    return out.pages
  }

  @Test func pagesThatAreOutAreTold() throws {
    #expect(try out(PooledPage.self, PagePoolSource(pages: 10)) == 3)
    #expect(try out(LockedPage.self, LockedPageSource(pages: 10)) == 3)
    #expect(try out(RingPage.self, RingPageSource(pages: 10)) == 3)
    #expect(try out(BulkPage.self, BulkPageSource(pages: 10)) == 3)
    #expect(try out(FramePage.self, FramePageSource(pages: 10)) == 3)
  }
}
