// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct FormatTests {
  @Test(arguments: [
    (0, "0 bytes"), (1, "1 byte"), (1023, "1,023 bytes"), (1024, "1 KiB"), (1536, "1.5 KiB"),
    (4096, "4 KiB"), (1 << 20, "1 MiB"), (120_385_296, "114.8 MiB"), (256 << 20, "256 MiB"),
    (1 << 40, "1 TiB"), (Int.max, "8.0 EiB"),
  ])
  func sizes(bytes: Int, text: String) {
    #expect(Format.size(bytes) == text)
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1,000"), (12_943, "12,943"), (-1_234_567, "-1,234,567"),
    (1_000_001, "1,000,001"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func counts(number: Int, text: String) {
    #expect(Format.count(number) == text)
  }

  @Test func nouns() {
    #expect(Format.count(1, "run") == "1 run")
    #expect(Format.count(0, "run") == "0 runs")
    #expect(Format.count(4093, "run") == "4,093 runs")
  }

  @Test(arguments: [
    (1.0, 2, "1.00"), (1.005, 1, "1.0"), (0.96, 1, "1.0"), (-0.01, 1, "0.0"), (-1.25, 1, "-1.3"),
    (1234.5, 0, "1,235"), (1234.5, 1, "1,234.5"), (Double.nan, 1, "nan"),
  ])
  func decimals(value: Double, digits: Int, text: String) {
    #expect(Format.decimal(value, digits: digits) == text)
  }

  @Test(arguments: [
    (0, 10, "0.0 %"), (10, 10, "100.0 %"), (1, 3, "33.3 %"), (99_999, 100_000, "99.9 %"),
    (1, 100_000, "< 0.1 %"), (0, 0, "-"),
  ])
  func percents(part: Int, whole: Int, text: String) {
    #expect(Format.percent(part, of: whole) == text)
  }

  @Test(arguments: [
    (812.4, "812 ns"), (1300.0, "1.3 µs"), (1_300_000.0, "1.3 ms"), (2_500_000_000.0, "2.50 s"),
  ])
  func durations(nanoseconds: Double, text: String) {
    #expect(Format.duration(nanoseconds: nanoseconds) == text)
  }
}
