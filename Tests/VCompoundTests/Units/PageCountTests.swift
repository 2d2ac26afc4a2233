// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Counts of pages and bytes: rounding, limits and texts.
@Suite struct PageCountTests {
  @Test(arguments: [
    (0, 0), (1, 1), (4095, 1), (4096, 1), (4097, 2), (8191, 2), (8192, 2), (8193, 3),
    (Int.max, 1 << 51), (Int.max - 4095, (1 << 51) - 1), (Int.max - 4094, 1 << 51),
  ])
  func coversBytesWithTheFewestPages(bytes: Int, pages: Int) {
    #expect(PageCount(covering: ByteCount(bytes)) == PageCount(pages))
  }

  @Test func coversNoMoreThanAPageTooMuch() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1000 {
      let bytes = Int.random(in: 1...1 << 40, using: &generator)
      let held = PageCount(covering: ByteCount(bytes)).byteCount.rawValue
      #expect(held >= bytes && held - bytes < 4096)
    }
  }

  @Test func convertsToBytes() {
    #expect(PageCount(0).byteCount == 0)
    #expect(PageCount(3).byteCount == 12_288)
    #expect(PageCount(Int.max >> 12).byteCount == ByteCount(Int.max & ~4095))
  }

  @Test func addsSubtractsAndCompares() {
    var count: PageCount = 5
    count = count + 3
    #expect(count == 8)
    #expect(count - 10 == PageCount(-2))
    #expect(PageCount(-2) < 0)
    #expect(!(count < 8))
  }

  @Test func writesItsUnit() {
    #expect(PageCount(0).description == "0 pages")
    #expect(PageCount(1).description == "1 page")
    #expect(PageCount(2).description == "2 pages")
    #expect(ByteCount(1).description == "1 byte")
    #expect(ByteCount(8192).description == "8192 bytes")
  }

  @Test func powersOfTwoAreRecognized() {
    for exponent in 0..<62 {
      #expect(ByteCount(1 << exponent).isPowerOfTwo)
      #expect(!ByteCount(-(1 << exponent)).isPowerOfTwo)
      if exponent > 1 {
        #expect(!ByteCount((1 << exponent) - 1).isPowerOfTwo)
        #expect(!ByteCount((1 << exponent) + 1).isPowerOfTwo)
      }
    }
    #expect(!ByteCount(0).isPowerOfTwo)
    #expect(!ByteCount(Int.min).isPowerOfTwo)
    #expect(!ByteCount(Int.max).isPowerOfTwo)
  }

  @Test func unitsOfBytesAreBinary() {
    #expect(ByteCount.kibibytes(3) == 3072)
    #expect(ByteCount.mebibytes(2) == .chunk)
    #expect(ByteCount.gibibytes(1) == ByteCount(1 << 30))
    #expect(ByteCount.tebibytes(1) == ByteCount(1 << 40))
    #expect(ByteCount.page + ByteCount.page - 1 == 8191)
    #expect(ByteCount.page < .chunk)
  }
}
