// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ValuesTests {
  @Test(arguments: [
    ("1", 1), ("4096", 4096), ("64KiB", 65_536), ("64k", 65_536), ("2MiB", 2 << 20),
    ("2m", 2 << 20), ("3M", 3 << 20), ("1GiB", 1 << 30), ("1g", 1 << 30), ("1TiB", 1 << 40),
    ("2T", 2 << 40), ("12B", 12), ("64kib", 65_536), ("64KIB", 65_536), ("0064K", 65_536),
  ])
  func readsSizes(text: String, bytes: Int) {
    #expect(Values.size.parse(text) == bytes)
  }

  @Test(arguments: [
    "", "0", "0K", "-1", "+1", "1.5G", "K", "KiB", "1KB", "1 KiB", "1KiBs", "0x10", "ten",
    "99999999999999999999", "9007199254740992T", "٣", "1Ki", "1e30", "inf", "nan",
  ])
  func refusesSizes(text: String) {
    #expect(Values.size.parse(text) == nil)
  }

  @Test func readsPauses() {
    let pause = Values.pause(upTo: 10)
    #expect(pause.parse("0") == 0)
    #expect(pause.parse("0.25") == 250_000_000)
    #expect(pause.parse("10") == 10_000_000_000)
    #expect(pause.parse("10.1") == nil && pause.parse("-1") == nil && pause.parse("") == nil)
  }

  @Test func readsSharesAndRatios() {
    #expect(Values.share.parse("0")?.millionths == 0)
    #expect(Values.share.parse("0.5")?.millionths == 500_000)
    #expect(Values.share.parse("1")?.millionths == 1_000_000)
    #expect(Values.share.parse("1.000001") == nil)
    #expect(Values.ratio.parse("1.20")?.millionths == 1_200_000)
    #expect(Values.ratio.parse("0") == nil)
    #expect(Values.ratio.parse("0.000001")?.millionths == 1)
    for text in ["1e30", "1e308", "inf", "nan", "-1", "99999999999999999999", "1000000.000001"] {
      #expect(Values.ratio.parse(text) == nil)
    }
  }

  @Test func readsSeconds() {
    let kind = Values.seconds(upTo: 60)
    #expect(kind.parse("0.5") == 500_000_000)
    #expect(kind.parse("60") == 60_000_000_000)
    for text in ["0", "60.000001", "1e30", "inf", "-1", ""] { #expect(kind.parse(text) == nil) }
    #expect(kind.expects == "a number of seconds above 0, at most 60")
  }

  @Test func readsSeedsAndTimes() {
    #expect(Values.seed.parse("0") == 0)
    #expect(Values.seed.parse("9007199254740991") == 9_007_199_254_740_991)
    #expect(Values.seed.parse("9007199254740992") == nil)
    #expect(Values.seed.parse("+1") == nil)
    #expect(Values.times.parse("1") == 1)
    #expect(Values.times.parse("1000") == 1000)
    #expect(Values.times.parse("0") == nil)
    #expect(Values.times.parse("1001") == nil)
  }

  @Test func readsChoices() {
    let kind = Values.choice(BackendKind.self)
    #expect(kind.parse("malloc") == .malloc)
    #expect(kind.parse("Malloc") == nil)
    #expect(kind.expects == "one of compound, buddy, malloc")
  }
}
