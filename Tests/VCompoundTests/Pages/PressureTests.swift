// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct PressureTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func theShareIsAnExponentialMean(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var pressure = Pressure()
    var mean = 0.0
    for _ in 0..<20 {
      let chance = Double.random(in: 0...1, using: &random)
      for _ in 0..<Int.random(in: 1...300, using: &random) {
        let isStitched = Double.random(in: 0...1, using: &random) < chance
        pressure.note(isStitched: isStitched)
        mean += ((isStitched ? 1 : 0) - mean) / 64
        #expect(abs(pressure.share - mean) < 1e-5)
      }
    }
  }

  @Test func theShareStaysWithinItsBounds() {
    var pressure = Pressure()
    #expect(pressure.share == 0)
    for _ in 0..<10_000 {
      pressure.note(isStitched: true)
      #expect(pressure.share <= 1)
    }
    #expect(pressure.share > 0.999)
    for _ in 0..<10_000 { pressure.note(isStitched: false) }
    #expect(0 <= pressure.share && pressure.share < 0.001)
  }
}
