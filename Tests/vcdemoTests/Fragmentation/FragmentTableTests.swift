// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct FragmentTableTests {
  private func row(_ byteCount: Int, possible: Int, compound: Int, buddy: Int = 0) -> Usability {
    var row = Usability(
      byteCount: byteCount, possible: possible, buddy: buddy, anyRun: possible / 2)
    row.compound = compound
    return row
  }

  private func result(_ rows: [Usability], damagedSurvivors: Int = 0) -> FragmentResult {
    FragmentResult(
      options: FragmentOptions(), blockCount: 2, freedCount: 1, freeBytes: 128 << 20, rows: rows,
      largest: nil, largestRefusal: "no reason", damagedSurvivors: damagedSurvivors)
  }

  @Test func writesARow() {
    let text = FragmentTable.row(row(1 << 20, possible: 128, compound: 128, buddy: 1))
    #expect(text == "  1 MiB       128     0.8 %    50.0 %    100.0 %")
  }

  @Test func aSizeThatDoesNotFitIsLeftOut() {
    let tooLarge = row(64 << 20, possible: 0, compound: 0)
    #expect(FragmentTable.row(tooLarge) == " 64 MiB         -         -         -          -")
    #expect(result([tooLarge]).applicableRows.isEmpty)
  }

  @Test func aRowThatFallsShortSaysWhy() {
    var short = row(1 << 20, possible: 128, compound: 127)
    short.metMappingLimit = true
    #expect(FragmentTable.row(short).hasSuffix("99.2 %  mapping limit met"))
    #expect(!short.isWhole)
    let result = result([short])
    #expect(!result.isWhole)
    #expect(FragmentTable.conclusion(result).contains("the mapping limit was met"))
  }

  @Test func damageIsAFailure() {
    var damaged = row(1 << 20, possible: 128, compound: 128)
    #expect(damaged.isWhole)
    damaged.damaged = 1
    #expect(!damaged.isWhole)
    #expect(FragmentTable.row(damaged).contains("1 damaged buffer"))
  }

  @Test func theConclusionSaysWhatFailed() {
    let conclusion = FragmentTable.conclusion(result([row(4096, possible: 1, compound: 1)]))
    #expect(conclusion.hasPrefix("FAILED with 128 MiB free: "))
    #expect(conclusion.contains("no reason"))
  }
}
