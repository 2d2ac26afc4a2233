// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Runs by length.

extension RunIndex {
  /// The first list at or above one that is not empty.
  @inline(__always)
  private func firstOccupied(from list: Int) -> Int? {
    var index = list >> 6
    guard index < occupied.count else { return nil }
    let word = occupied[index] & (~0 << UInt64(list & 63))
    if word != 0 { return index << 6 + word.trailingZeroBitCount }
    index += 1
    var group = index >> 6
    guard group < occupiedWords.count else { return nil }
    var summary = occupiedWords[group] & (~0 << UInt64(index & 63))
    while summary == 0 {
      group += 1
      guard group < occupiedWords.count else { return nil }
      summary = occupiedWords[group]
    }
    let found = group << 6 + summary.trailingZeroBitCount
    return found << 6 + occupied[found].trailingZeroBitCount
  }

  /// The shortest run of at least `length` frames.
  ///
  /// Exact below 16 MiB; above, the shortest of the first few that fit in a list.
  @inline(__always)
  func shortest(holding length: Int) -> Range<Int>? {
    guard length >= Self.exactLists else {
      guard let list = firstOccupied(from: length) else { return nil }
      return list < Self.exactLists ? firstRun(of: list) : shortest(in: list, holding: length)
    }
    var list = firstOccupied(from: Self.list(of: length))
    while let current = list {
      if let run = shortest(in: current, holding: length) { return run }
      list = firstOccupied(from: current + 1)
    }
    return nil
  }

  @inline(__always)
  private func firstRun(of list: Int) -> Range<Int> { run(startingAt: Int(heads[list]) - 1) }

  /// The shortest fitting run of a list: of all that fit, or of the first sixteen.
  private func shortest(in list: Int, holding length: Int) -> Range<Int>? {
    var best: Range<Int>?
    var fitting = 0
    forEachRun(of: list) { run in
      guard run.count >= length else { return true }
      if run.count < best?.count ?? Int.max { best = run }
      fitting += 1
      return fitting < 16
    }
    return best
  }

  /// A run that holds `length` frames from a multiple of `alignment` on, and that first frame.
  ///
  /// A run of `length + alignment - 1` frames fits wherever it begins. Of the shorter ones, some
  /// are tried before, and the others after no such run was found.
  func aligned(_ length: Int, _ alignment: Int) -> (run: Range<Int>, first: Int)? {
    func firstFrame(_ run: Range<Int>) -> Int? {
      let first = (run.lowerBound + alignment - 1) & ~(alignment - 1)
      return first + length <= run.upperBound ? first : nil
    }
    func search(tries: Int) -> (run: Range<Int>, first: Int)? {
      var left = tries
      var found: (Range<Int>, Int)?
      var list = firstOccupied(from: Self.list(of: length))
      while let current = list, left > 0, found == nil {
        forEachRun(of: current) { run in
          left -= 1
          if let first = firstFrame(run) { found = (run, first) }
          return found == nil && left > 0
        }
        list = firstOccupied(from: current + 1)
      }
      return found
    }
    if let found = search(tries: 32) { return found }
    if let run = shortest(holding: length + alignment - 1), let first = firstFrame(run) {
      return (run, first)
    }
    return search(tries: .max)
  }

  /// The longest run.
  ///
  /// Exact below 16 MiB; above, the longest of the first few in its list.
  func longest() -> Range<Int>? {
    var group = occupiedWords.count - 1
    while group >= 0, occupiedWords[group] == 0 { group -= 1 }
    guard group >= 0 else { return nil }
    let index = group << 6 + 63 - occupiedWords[group].leadingZeroBitCount
    let list = index << 6 + 63 - occupied[index].leadingZeroBitCount
    guard list >= Self.exactLists else { return firstRun(of: list) }
    var longest = 0..<0
    var tries = 0
    forEachRun(of: list) { run in
      if run.count > longest.count { longest = run }
      tries += 1
      return tries < 16
    }
    return longest
  }

  /// Calls a function for the runs of a list, until it returns false.
  private func forEachRun(of list: Int, _ body: (Range<Int>) -> Bool) {
    var member = heads[list]
    while member != 0 {
      let first = Int(member) - 1
      guard body(run(startingAt: first)) else { return }
      member = tags[first].next
    }
  }

  /// Calls a function for every run of at least `length` frames.
  ///
  /// It must not change the index.
  func forEachRun(holding length: Int, _ body: (Range<Int>) -> Void) {
    var list = firstOccupied(from: Self.list(of: length))
    while let current = list {
      forEachRun(of: current) { run in
        if run.count >= length { body(run) }
        return true
      }
      list = firstOccupied(from: current + 1)
    }
  }
}
