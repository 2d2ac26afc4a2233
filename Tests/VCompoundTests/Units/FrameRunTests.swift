// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Frames and runs of them.
@Suite struct FrameRunTests {
  let run = FrameRun(first: PageFrame(17), pageCount: 4)

  @Test func endsBehindItsLastFrame() {
    #expect(run.end == PageFrame(21))
    #expect(run.end - run.first == run.pageCount)
  }

  @Test(arguments: 1...3)
  func prefixAndRestAreTheWhole(pages: Int) {
    let prefix = run.prefix(PageCount(pages))
    let rest = run.dropping(PageCount(pages))
    #expect(prefix.first == run.first)
    #expect(prefix.pageCount == PageCount(pages))
    #expect(rest.first == prefix.end)
    #expect(rest.end == run.end)
    #expect(rest.pageCount == PageCount(4 - pages))
  }

  @Test func allAndNothingCanBeDropped() {
    #expect(run.dropping(0) == run)
    #expect(run.prefix(4) == run)
    #expect(run.dropping(4).pageCount == 0)
    #expect(run.dropping(4).first == run.end)
  }

  @Test func framesAreOrderedByIndex() {
    #expect(PageFrame(3) < PageFrame(4))
    #expect(PageFrame(3) + 4 == PageFrame(7))
    #expect(PageFrame(3) - PageFrame(7) == PageCount(-4))
  }

  @Test func writesFirstFrameAndLength() {
    #expect(PageFrame(17).description == "F17")
    #expect(run.description == "F17+4")
  }
}
