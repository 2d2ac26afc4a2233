// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct FiguresTests {
  @Test(arguments: [
    (0, "0.0 MiB"), (52_428, "0.0 MiB"), (52_429, "0.1 MiB"), (1 << 20, "1.0 MiB"),
    (Int(12.25 * 0x1p20), "12.3 MiB"), (1_048_575, "1.0 MiB"), (1 << 43, "8388608.0 MiB"),
    (-(3 << 19), "-1.5 MiB"), (-(1 << 18), "-0.3 MiB"),
  ])
  func sizesAreInMebibytes(bytes: Int, text: String) {
    #expect(ByteCount(bytes).inMebibytes == text)
  }

  @Test func sharesAreInPerCent() {
    #expect(ByteCount(1).percentage(of: 3) == "33.3 %")
    #expect(ByteCount(3).percentage(of: 3) == "100.0 %")
    #expect(ByteCount(5).percentage(of: 0) == "-")
    #expect(inPercent(0.0304) == "3.0 %")
  }

  @Test func textIsAligned() {
    #expect("ab".left(4) == "ab  " && "ab".right(4) == "  ab")
    #expect("abc".left(2) == "abc" && "abc".right(2) == "abc")
  }
}
