// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The windows in use, against a dictionary.
@Suite struct WindowTableTests {
  private func window(_ range: Range<Int>, pageCount: Int) -> Window {
    Window(
      range: range, runs: [run(range.lowerBound, pageCount)], pageCount: PageCount(pageCount),
      mappings: 2, byteCount: PageCount(pageCount).byteCount, isOwned: false)
  }

  @Test(arguments: 0..<4)
  func agreesWithADictionary(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var table = WindowTable()
    var plain: [Int: Window] = [:]
    var space = Vmem(name: "test")
    space.add(1..<1500)
    for _ in 0..<3000 {
      let count = Int.random(in: 1...20, using: &generator)
      if Bool.random(using: &generator), let range = space.allocate(count, .nextFit) {
        // Some blocks are shorter than the room they have.
        let added = window(range, pageCount: Int.random(in: 1...count, using: &generator))
        let slot = table.insert(added)
        #expect(plain[slot] == nil, "slot \(slot) is in use")
        plain[slot] = added
      } else if let slot = plain.keys.sorted().randomElement(using: &generator) {
        let removed = table.remove(slot)
        #expect(removed.range == plain[slot]?.range)
        plain[slot] = nil
        space.free(removed.range)
      }

      let windows = table.count
      #expect(windows == plain.count)
      let address = UInt(Int.random(in: 0..<1600 << 12, using: &generator))
      let page = Int(address >> 12)
      let expected = plain.first {
        $1.range.lowerBound <= page && page < $1.range.lowerBound + $1.pageCount.rawValue
      }
      let slot = table.slot(containing: address)
      #expect(slot == expected?.key)
      let asked = Int.random(in: 0..<200, using: &generator)
      let found = table.window(asked)?.range
      #expect(found == plain[asked]?.range)
    }
    var ranges: [Range<Int>] = []
    table.forEach { ranges.append($0.range) }
    #expect(ranges == plain.values.map(\.range).sorted { $0.lowerBound < $1.lowerBound })
  }

  @Test func numbersOfRemovedWindowsAreUsedAgain() {
    var table = WindowTable()
    let first = table.insert(window(1..<2, pageCount: 1))
    let second = table.insert(window(5..<7, pageCount: 2))
    #expect(first != second)
    _ = table.remove(first)
    let again = table.insert(window(10..<11, pageCount: 1))
    #expect(again == first)
    let gone = table.window(7)
    #expect(gone == nil)
  }

  @Test func aWindowCanBeChanged() {
    var table = WindowTable()
    let slot = table.insert(window(5..<9, pageCount: 4))
    table[slot].pageCount = 2
    let found = [5, 6, 7, 8].map { table.slot(containing: UInt($0 << 12)) }
    #expect(found == [slot, slot, nil, nil])
  }

  @Test func aWindowRemovedTwiceStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var table = WindowTable()
      let slot = table.insert(
        Window(
          range: 1..<2, runs: [FrameRun(first: Frame(0), pageCount: 1)], pageCount: 1,
          mappings: 2, byteCount: .page, isOwned: false))
      _ = table.remove(slot)
      _ = table.remove(slot)
    }
  }
}
