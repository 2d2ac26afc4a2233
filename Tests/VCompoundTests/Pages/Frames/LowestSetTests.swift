// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The set that knows its lowest member, against a plain set.
@Suite struct LowestSetTests {
  @Test(arguments: [1, 2, 63, 64, 65, 4096, 4097, 300_000])
  func agreesWithAPlainSet(count: Int) throws {
    var set = try LowestSet(count: count, system: OperatingSystem())
    var plain: Set<Int> = []
    var generator = SeededGenerator(seed: UInt64(count))
    for step in 0..<3000 {
      let member = Int.random(in: 0..<count, using: &generator)
      if plain.remove(member) != nil {
        set.remove(member)
      } else {
        set.insert(member)
        plain.insert(member)
      }
      let lowest = set.lowest()
      let isMember = set.contains(member)
      #expect(isMember == plain.contains(member))
      if step % 7 == 0 || plain.count < 50 { #expect(lowest == plain.min()) }
      let least = Int.random(in: 0...count, using: &generator)
      let following = set.lowest(from: least)
      if step % 7 == 0 || plain.count < 50 {
        #expect(following == plain.filter { $0 >= least }.min())
      }
    }
    for member in plain { set.remove(member) }
    let lowest = set.lowest()
    #expect(lowest == nil)
  }

  @Test func addingTwiceIsAddingOnce() throws {
    var set = try LowestSet(count: 5000, system: OperatingSystem())
    set.insert(4999)
    set.insert(4999)
    set.remove(4999)
    set.remove(4999)
    let lowest = set.lowest()
    #expect(lowest == nil)
  }
}
