// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct SplitMix64Tests {
  /// The first numbers of seed 1234567, as published with the reference implementation.
  @Test func givesTheReferenceNumbers() {
    var generator = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in generator.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func staysBelowItsLimitAndReachesAll() {
    var generator = SplitMix64(seed: 3)
    let numbers = (0..<500).map { _ in generator.below(7) }
    #expect(Set(numbers) == Set(0..<7))
    #expect(generator.below(1) == 0)
  }
}
