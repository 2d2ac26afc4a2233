// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The list of absent chunks, against a set of numbers.
@Suite struct ChunkRangesTests {
  private func ranges(of chunks: Set<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for chunk in chunks.sorted() {
      if let last = ranges.last, last.upperBound == chunk {
        ranges[ranges.count - 1] = last.lowerBound..<chunk + 1
      } else {
        ranges.append(chunk..<chunk + 1)
      }
    }
    return ranges
  }

  @Test(arguments: [1, 2, 9, 60])
  func agreesWithASet(count: Int) {
    var list = ChunkRanges(0..<count)
    var plain = Set(0..<count)
    var generator = SeededGenerator(seed: UInt64(count))
    for _ in 0..<4000 {
      let low = Int.random(in: 0..<count, using: &generator)
      let longest = min(count - low, [2, 5, count].randomElement(using: &generator) ?? 1)
      let range = low..<low + Int.random(in: 1...longest, using: &generator)
      if plain.isSuperset(of: range) {
        list.remove(range)
        plain.subtract(range)
      } else if plain.isDisjoint(with: range) {
        list.insert(range)
        plain.formUnion(range)
      }
      let expected = ranges(of: plain)
      #expect(list.ranges == expected)
      for chunk in 0..<count {
        #expect(list.range(containing: chunk) == expected.first { $0.contains(chunk) })
      }
    }
  }

  @Test func aRangeJoinsBothItsNeighbours() {
    var list = ChunkRanges(0..<10)
    list.remove(3..<6)
    #expect(list.ranges == [0..<3, 6..<10])
    list.insert(4..<5)
    #expect(list.ranges == [0..<3, 4..<5, 6..<10])
    list.insert(3..<4)
    #expect(list.ranges == [0..<5, 6..<10])
    list.insert(5..<6)
    #expect(list.ranges == [0..<10])
  }

  @Test func allCanGoAndComeBack() {
    var list = ChunkRanges(0..<4)
    list.remove(0..<4)
    #expect(list.ranges.isEmpty)
    #expect(list.range(containing: 0) == nil)
    list.insert(2..<3)
    #expect(list.ranges == [2..<3])
  }
}
