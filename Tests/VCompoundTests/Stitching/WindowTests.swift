// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// One window: which frame is behind which page.
@Suite struct WindowTests {
  private func window(_ runs: [FrameRun]) -> Window {
    let pageCount = runs.reduce(PageCount(0)) { $0 + $1.pageCount }
    return Window(
      range: 1000..<1000 + pageCount.rawValue + 5, runs: runs, pageCount: pageCount,
      mappings: runs.count + 1, byteCount: pageCount.byteCount, isOwned: true)
  }

  @Test func pagesFollowTheRuns() {
    let window = window([run(70, 2), run(3, 1), run(72, 3)])
    let frames = (0..<6).map { window.frame(ofPage: PageCount($0)).rawValue }
    #expect(frames == [70, 71, 3, 72, 73, 74])
    #expect(window.address == 1000 << 12)
  }

  @Test func framesOfOtherBlocksHaveNoPage() {
    let window = window([run(70, 2), run(3, 1)])
    for frame in [0, 2, 4, 69, 72] { #expect(window.page(of: Frame(frame)) == nil) }
    #expect(window.page(of: Frame(3)) == 2)
  }

  @Test(arguments: 0..<20)
  func framesAndPagesAreInverse(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let runs = randomRuns(count: 1 + seed, longest: 60, using: &generator)
    let window = window(runs)
    var seen: [Int] = []
    for page in 0..<window.pageCount.rawValue {
      let frame = window.frame(ofPage: PageCount(page))
      #expect(window.page(of: frame) == PageCount(page))
      seen.append(frame.rawValue)
    }
    #expect(seen.sorted() == frames(of: runs))
  }

  @Test func aPagePastTheEndStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let window = Window(
        range: 0..<2, runs: [FrameRun(first: Frame(5), pageCount: 2)], pageCount: 2, mappings: 2,
        byteCount: 8192, isOwned: false)
      _ = window.frame(ofPage: 2)
    }
  }
}
