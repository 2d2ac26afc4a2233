// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// All free runs of resident frames, filed by length, so that the shortest run that fits and the
/// longest run there is are found in constant time.
///
/// The boundary tags of vmem: the first and the last frame of a run carry its length, so that the
/// runs on either side of a block being freed are known without a search. Runs of equal length
/// are a doubly linked list, threaded through the tags of their first frames; a bitmap says which
/// lists are not empty, and a bitmap of its words makes it quick to search. Lists hold one exact
/// length each up to 16 MiB, so that the best fit is exact for all but the largest requests.
///
/// Not thread-safe. Knows nothing of chunks; a run may cross any number of them.
struct RunIndex: ~Copyable {
  /// A frame's tag.
  ///
  /// Frames inside a run have stale ones.
  private struct Tag: BitwiseCopyable {
    /// In the tag of a first frame: its neighbours in the list, plus one; zero for none.
    var next: UInt32
    var previous: UInt32
    /// In the tags of the first and the last frame: the run's length.
    var length: UInt32
  }

  private var tags: ZeroedTable<Tag>

  /// The first run of every list, plus one; zero for none.
  private var heads: ZeroedTable<UInt32>

  /// A bit for every list that is not empty, and a bit for every word of those that is not zero.
  private var occupied: ZeroedTable<UInt64>
  private var occupiedWords: ZeroedTable<UInt64>

  /// The runs in the index.
  private(set) var count = 0

  /// Makes an empty index for an arena of `frameCount` frames.
  init(frameCount: Int, system: OperatingSystem) throws(CompoundError) {
    let tags = try ZeroedTable<Tag>(count: frameCount, system: system)
    let heads = try ZeroedTable<UInt32>(count: Self.listCount, system: system)
    let words = (Self.listCount + 63) / 64
    let occupied = try ZeroedTable<UInt64>(count: words, system: system)
    let occupiedWords = try ZeroedTable<UInt64>(count: (words + 63) / 64, system: system)
    self.tags = tags
    self.heads = heads
    self.occupied = occupied
    self.occupiedWords = occupiedWords
  }

  // MARK: Lists

  /// Lengths below this have a list each: 16 MiB, since blocks beyond are few, and one frame
  /// more or less is a small share of them.
  private static let exactLists = 4096

  /// Above, an octave has this many lists: lengths in one list differ by 3 % at most.
  private static let listsPerOctave = 32

  /// Octaves from 2^12 to 2^31 frames, the largest arena.
  private static let listCount = exactLists + (32 - 12) * listsPerOctave

  @inline(__always)
  private static func list(of length: Int) -> Int {
    guard length >= exactLists else { return length }
    let octave = Int.bitWidth - 1 - length.leadingZeroBitCount
    let step = length >> (octave - 5) & (listsPerOctave - 1)
    return exactLists + (octave - 12) * listsPerOctave + step
  }

  /// Files a run whose neighbours on both sides are not free.
  @inline(__always)
  mutating func insert(_ run: Range<Int>) {
    let first = run.lowerBound
    let list = Self.list(of: run.count)
    let head = heads[list]
    tags[run.upperBound - 1].length = UInt32(run.count)
    tags[first] = Tag(next: head, previous: 0, length: UInt32(run.count))
    if head == 0 {
      occupied[list >> 6] |= 1 << UInt64(list & 63)
      occupiedWords[list >> 12] |= 1 << UInt64(list >> 6 & 63)
    } else {
      tags[Int(head) - 1].previous = UInt32(first + 1)
    }
    heads[list] = UInt32(first + 1)
    count += 1
  }

  /// Takes out the run that begins at a frame.
  @inline(__always)
  mutating func remove(startingAt first: Int) {
    let tag = tags[first]
    let list = Self.list(of: Int(tag.length))
    if tag.next != 0 { tags[Int(tag.next) - 1].previous = tag.previous }
    if tag.previous != 0 {
      tags[Int(tag.previous) - 1].next = tag.next
    } else {
      assert(heads[list] == UInt32(first + 1), "no run begins at frame \(first)")
      heads[list] = tag.next
      if tag.next == 0 {
        occupied[list >> 6] &= ~(1 << UInt64(list & 63))
        if occupied[list >> 6] == 0 { occupiedWords[list >> 12] &= ~(1 << UInt64(list >> 6 & 63)) }
      }
    }
    count -= 1
  }

  // MARK: Runs by their ends

  /// The run that begins at a frame; the caller knows that one does.
  @inline(__always)
  func run(startingAt first: Int) -> Range<Int> {
    first..<first + Int(tags[first].length)
  }

  /// The run whose last frame this is; the caller knows that it is one.
  @inline(__always)
  func run(endingWith last: Int) -> Range<Int> {
    last + 1 - Int(tags[last].length)..<last + 1
  }

  // MARK: Runs by length

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
