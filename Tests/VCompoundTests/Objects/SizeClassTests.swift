// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct SizeClassTests {
  @Test func everySizeHasTheSmallestClassThatHoldsIt() {
    var kind = 0
    for size in 1...SizeClass.largest {
      if size > SizeClass.byteCount(kind) { kind += 1 }
      if SizeClass.covering(size) != kind {
        Issue.record("\(size) bytes: class \(SizeClass.covering(size)), not \(kind)")
        return
      }
    }
    #expect(kind == SizeClass.count - 1)
    #expect(SizeClass.byteCount(kind) == SizeClass.largest)
    #expect(ObjectMagazines.classCount == SizeClass.count)
  }

  @Test func atMostAnEighthIsLost() {
    for size in 129...SizeClass.largest {
      let bytes = SizeClass.byteCount(SizeClass.covering(size))
      if (bytes - size) * 8 > bytes {
        Issue.record("\(size) bytes cost \(bytes)")
        return
      }
    }
    for size in 1...128 {
      #expect(SizeClass.byteCount(SizeClass.covering(size)) - size < 16)
    }
  }

  @Test func classesAreMultiplesOfTheirAlignment() {
    for kind in 1..<SizeClass.count { #expect(SizeClass.byteCount(kind) % 16 == 0) }
    for alignment in (0..<12).map({ 1 << $0 }) {
      for size in stride(from: 1, through: 30_000, by: 7) {
        let bytes = SizeClass.rounded(size, alignment: alignment)
        let kind = SizeClass.covering(bytes)
        if SizeClass.byteCount(kind) % alignment != 0 || !SizeClass.canHold(size, kind: kind) {
          Issue.record("\(size) bytes at multiples of \(alignment): class \(kind)")
          return
        }
      }
    }
  }

  @Test func aClassHoldsItsOwnSizesOnly() {
    let kind = SizeClass.covering(100)
    #expect(SizeClass.canHold(97, kind: kind))
    #expect(!SizeClass.canHold(96, kind: kind))
    #expect(!SizeClass.canHold(113, kind: kind))
    #expect(!SizeClass.canHold(0, kind: kind))
    #expect(!SizeClass.canHold(-1, kind: kind))
    // One of 64 bytes on a boundary of 128.
    #expect(SizeClass.canHold(64, kind: SizeClass.covering(128)))
  }
}
