// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The map of a chunk's frames, against a plain array of 512 truth values.
@Suite struct FrameMapTests {
  private struct Pair {
    var map = FrameMap()
    var plain = Array(repeating: false, count: 512)

    mutating func set(_ range: Range<Int>, _ mark: Bool) {
      if mark { map.insert(range) } else { map.remove(range) }
      for bit in range { plain[bit] = mark }
    }

    func clearRuns() -> [Range<Int>] {
      var runs: [Range<Int>] = []
      var bit = 0
      while bit < 512 {
        let start = bit
        while bit < 512, !plain[bit] { bit += 1 }
        if start < bit { runs.append(start..<bit) }
        bit += 1
      }
      return runs
    }

    /// Compares every query that is asked from one frame.
    func compare(from bit: Int) {
      #expect(map.contains(bit) == plain[bit])
      #expect(map.firstMarked(from: bit) == plain[bit...].firstIndex(of: true) ?? 512)
      #expect(map.firstClear(from: bit) == plain[bit...].firstIndex(of: false) ?? 512)
      #expect(map.lastMarked(through: bit) == plain[...bit].lastIndex(of: true))
      let next = clearRuns().first { $0.upperBound > bit }
      #expect(map.nextClearRun(from: bit) == next?.clamped(to: bit..<512))
    }
  }

  /// Word borders and their neighbours.
  static let borders: [Int] = (0...512).filter { [63, 0, 1].contains($0 % 64) }

  @Test(arguments: 0..<6)
  func agreesWithAPlainArray(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var pair = Pair()
    for _ in 0..<1500 {
      let longest = [3, 70, 512][seed % 3]
      let low = Int.random(in: 0..<512, using: &generator)
      let high = Int.random(in: low + 1...min(512, low + longest), using: &generator)
      pair.set(low..<high, Bool.random(using: &generator))
      #expect(
        pair.map.count(in: low..<high) == pair.plain[low..<high].count { $0 })
      pair.compare(from: Int.random(in: 0..<512, using: &generator))
    }
  }

  @Test func rangesBetweenWordBordersAreExact() {
    for low in Self.borders {
      for high in Self.borders where low < high {
        var pair = Pair()
        pair.set(low..<high, true)
        #expect(pair.map.count(in: 0..<512) == high - low)
        for bit in [low - 1, low, high - 1, high] where 0 <= bit && bit < 512 {
          pair.compare(from: bit)
        }
        pair.set(0..<512, true)
        pair.set(low..<high, false)
        #expect(pair.map.nextClearRun(from: 0) == low..<high)
        #expect(pair.map.count(in: 0..<512) == 512 - (high - low))
      }
    }
  }

  @Test func anEmptyMapIsOneRun() {
    let map = FrameMap()
    #expect(map.nextClearRun(from: 0) == 0..<512)
    #expect(map.firstMarked(from: 0) == 512)
    #expect(map.firstMarked(from: 512) == 512)
    #expect(map.lastMarked(through: 511) == nil)
  }

  @Test func aFullMapHasNoRun() {
    var map = FrameMap()
    map.insert(0..<512)
    #expect(map.nextClearRun(from: 0) == nil)
    #expect(map.firstClear(from: 0) == 512)
    #expect(map.firstClear(from: 512) == 512)
    #expect(map.lastMarked(through: 511) == 511)
  }
}
