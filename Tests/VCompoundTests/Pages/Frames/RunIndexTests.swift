// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The index of free runs, against a plain set of ranges.
@Suite struct RunIndexTests {
  /// Ranges that do not touch, and the index of them.
  private struct Pair: ~Copyable {
    var index: RunIndex
    var plain: Set<Range<Int>> = []

    init(_ frameCount: Int) throws {
      index = try RunIndex(frameCount: frameCount, system: OperatingSystem())
    }

    mutating func insert(_ run: Range<Int>) {
      index.insert(run)
      plain.insert(run)
    }

    mutating func remove(_ run: Range<Int>) {
      index.remove(startingAt: run.lowerBound)
      plain.remove(run)
    }
  }

  @Test(arguments: [300, 5000, 60_000])
  func agreesWithAPlainSet(longest: Int) throws {
    var generator = SeededGenerator(seed: UInt64(longest))
    // Places of fixed size, so that no two runs touch.
    let place = longest + 1
    var pair = try Pair(place * 40)
    for _ in 0..<8000 {
      let start = Int.random(in: 0..<40, using: &generator) * place
      if let run = pair.plain.first(where: { $0.lowerBound / place == start / place }) {
        pair.remove(run)
      } else {
        let low = start + Int.random(in: 0..<longest / 2, using: &generator)
        let room = start + longest - low
        let bound = Bool.random(using: &generator) ? room : min(room, 5)
        pair.insert(low..<low + Int.random(in: 1...bound, using: &generator))
      }
      #expect(pair.index.count == pair.plain.count)
      let wanted = Int.random(in: 1...longest, using: &generator)
      let shortest = pair.plain.filter { $0.count >= wanted }.map(\.count).min()
      #expect(pair.index.shortest(holding: wanted)?.count == shortest)
      #expect(pair.index.longest()?.count == pair.plain.map(\.count).max())
    }
    for run in pair.plain {
      #expect(pair.index.run(startingAt: run.lowerBound) == run)
      #expect(pair.index.run(endingWith: run.upperBound - 1) == run)
    }
  }

  @Test func alignedSearchFindsWhatFitsAndNothingElse() throws {
    var generator = SeededGenerator(seed: 7)
    var pair = try Pair(100_000)
    for start in stride(from: 0, to: 99_000, by: 1000) {
      let low = start + Int.random(in: 0..<500, using: &generator)
      pair.insert(low..<low + Int.random(in: 1...490, using: &generator))
    }
    for _ in 0..<3000 {
      let count = Int.random(in: 1...500, using: &generator)
      let alignment = 1 << Int.random(in: 0...11, using: &generator)
      let found = pair.index.aligned(count, alignment)
      let fits = pair.plain.contains {
        FrameReference.start(in: $0, holding: count, alignment: alignment) != nil
      }
      #expect((found != nil) == fits)
      if let found {
        #expect(pair.plain.contains(found.run))
        #expect(found.first % alignment == 0)
        #expect(found.run.lowerBound <= found.first)
        #expect(found.first + count <= found.run.upperBound)
      }
    }
  }

  @Test func everyRunOfALengthIsVisited() throws {
    var pair = try Pair(20_000)
    for (start, count) in [(0, 1), (10, 100), (200, 100), (1000, 99), (2000, 5000), (8000, 4096)] {
      pair.insert(start..<start + count)
    }
    for length in [1, 99, 100, 101, 4096, 4097, 5001] {
      var seen: Set<Range<Int>> = []
      pair.index.forEachRun(holding: length) { seen.insert($0) }
      #expect(seen == pair.plain.filter { $0.count >= length })
    }
  }

  /// Of runs of one length one of the lowest is found, without a search.
  @Test func aRunIsFiledFirstOrSecond() throws {
    var index = try RunIndex(frameCount: 1000, system: OperatingSystem())
    for first in [300, 100, 200, 50, 400] { index.insert(first..<first + 8) }
    var found: [Int] = []
    while let run = index.shortest(holding: 8) {
      found.append(run.lowerBound)
      index.remove(startingAt: run.lowerBound)
    }
    #expect(found == [50, 400, 100, 200, 300])
    #expect(index.count == 0)
  }

  @Test func anEmptyIndexHasNothing() throws {
    let index = try RunIndex(frameCount: 10, system: OperatingSystem())
    #expect(index.shortest(holding: 1) == nil)
    #expect(index.longest() == nil)
    #expect(index.aligned(1, 4)?.first == nil)
  }

  @Test func theLongestArenaIsOneRun() throws {
    var index = try RunIndex(frameCount: 1 << 31, system: OperatingSystem())
    index.insert(0..<1 << 31)
    #expect(index.longest() == 0..<1 << 31)
    #expect(index.shortest(holding: 1 << 31) == 0..<1 << 31)
    index.remove(startingAt: 0)
    #expect(index.count == 0)
  }
}
