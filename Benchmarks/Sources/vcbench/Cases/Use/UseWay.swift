// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The ways to use a block, 8 bytes at a time.
package enum UseWay: String, CaseIterable, Sendable {
  case readInOrder = "read.ordered"
  case readAtRandom = "read.random"
  case writeInOrder = "write.ordered"
  case writeAtRandom = "write.random"

  /// What it does, in half a line.
  package var summary: String {
    switch self {
    case .readInOrder: "every word is read, in order"
    case .readAtRandom: "words at random are read, each at a place that the one before tells"
    case .writeInOrder: "every word is written, in order"
    case .writeAtRandom: "words at random are written"
    }
  }

  /// The factor of a linear congruential generator (Knuth's MMIX); it adds the words, which are 1.
  package static let factor: UInt64 = 6_364_136_223_846_793_005

  /// The accesses of a pass at random, where a block has so many words.
  private static let randomAccesses = 1 << 16

  /// The accesses of one pass over a block of so many words.
  package func accesses(of wordCount: Int) -> Int {
    switch self {
    case .readInOrder, .writeInOrder: wordCount
    case .readAtRandom, .writeAtRandom: min(wordCount, Self.randomAccesses)
    }
  }

  /// Uses a block once.
  ///
  /// - Parameters:
  ///   - block: all of its words are 1, before and after.
  ///   - state: of the generator of places, and the sum of what was read in order.
  package func pass(over block: UseBlock, _ state: inout UInt64) {
    let words = unsafe block.words
    let count = block.wordCount
    let accesses = accesses(of: count)
    switch self {
    case .readInOrder: unsafe state &+= Self.sum(words, count)
    case .readAtRandom: unsafe state = Self.follow(words, count, accesses, state)
    case .writeInOrder: unsafe words.update(repeating: 1, count: count)
    case .writeAtRandom: unsafe state = Self.scatter(words, count, accesses, state)
    }
  }

  @unsafe @inline(never)
  private static func sum(_ words: UnsafeMutablePointer<UInt64>, _ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<count { unsafe sum &+= words[index] }
    return sum
  }

  /// No place is known before the word at the last one is.
  @unsafe @inline(never)
  private static func follow(
    _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ accesses: Int, _ start: UInt64
  ) -> UInt64 {
    var state = start
    for _ in 0..<accesses {
      unsafe state = state &* factor &+ words[place(state, count)]
    }
    return state
  }

  @unsafe @inline(never)
  private static func scatter(
    _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ accesses: Int, _ start: UInt64
  ) -> UInt64 {
    var state = start
    for _ in 0..<accesses {
      state = state &* factor &+ 1
      unsafe words[place(state, count)] = 1
    }
    return state
  }

  @inline(__always)
  private static func place(_ state: UInt64, _ count: Int) -> Int {
    Int(state.multipliedFullWidth(by: UInt64(count)).high)
  }
}
