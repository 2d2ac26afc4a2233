// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct RatioTests {
  @Test(arguments: [
    ("1", 1_000_000), ("1.", 1_000_000), ("1.2", 1_200_000), (".5", 500_000),
    ("0.975", 975_000), ("1.000001", 1_000_001), ("12.5", 12_500_000),
    ("1000000", 1_000_000_000_000),
  ])
  func reads(text: String, millionths: Int) {
    #expect(Ratio(text)?.millionths == millionths)
  }

  @Test(arguments: [
    "", ".", "-1", "+1", "1.2.3", "1,2", "1e3", "x", "1.0000001", "1000001", " 1", "nan", "0.-5",
  ])
  func refuses(text: String) {
    #expect(Ratio(text) == nil)
  }

  @Test func roundsExactly() {
    // In floating point 1.1 times 10 is more than 11.
    #expect(Ratio("1.1")?.roundedUp(of: 10) == 11)
    #expect(Ratio("1.1")?.roundedUp(of: 11) == 13)
    #expect(Ratio("0.5")?.roundedDown(of: 7) == 3)
    #expect(Ratio("1")?.roundedUp(of: Int.max) == Int.max)
    #expect(Ratio("1")?.roundedDown(of: Int.max) == Int.max)
    #expect(Ratio("1.000001")?.roundedUp(of: Int.max) == nil)
    #expect(Ratio("1000000")?.roundedUp(of: Int.max) == nil)
  }

  @Test(arguments: [("1", "1.00"), ("1.2", "1.20"), ("0.975", "0.975"), ("1.000001", "1.000001")])
  func isWritten(text: String, written: String) {
    #expect(Ratio(text)?.description == written)
  }
}
