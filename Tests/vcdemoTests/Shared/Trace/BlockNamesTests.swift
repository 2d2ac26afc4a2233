// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct BlockNamesTests {
  @Test(arguments: [UInt64(1), 1 << 58, 12_345_678_901])
  func findsWhatWasNoted(step: UInt64) {
    var names = BlockNames(limit: 60)
    for number in 0..<60 {
      let isFree = names.note(Int32(number), named: UInt64(number) &* step)
      #expect(isFree)
    }
    for number in 0..<60 {
      let block = names.block(named: UInt64(number) &* step)
      #expect(block == Int32(number))
    }
    let isFree = names.note(60, named: 59 &* step)
    #expect(!isFree)
    let unknown = names.block(named: .max)
    #expect(unknown == nil)
  }
}
