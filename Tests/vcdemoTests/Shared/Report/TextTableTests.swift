// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct TextTableTests {
  @Test func alignsColumns() {
    let table = TextTable(
      alignments: [.left, .right, .left], rows: [["a", "1", "x"], ["long", "1,000", ""]])
    #expect(table.text() == "a         1  x\nlong  1,000")
    #expect(table.text(indentation: 2) == "  a         1  x\n  long  1,000")
  }

  @Test func longCellsAreNotCut() {
    let line = TextTable.line(["abc", "d"], widths: [2, 3], alignments: [.right, .right])
    #expect(line == "abc    d")
  }
}
