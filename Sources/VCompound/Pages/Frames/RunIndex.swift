// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Runs of numbers, filed by length, so that the shortest run that fits and the longest run there
/// is are found in constant time (`RunIndex+Search.swift`).
///
/// An arena has two: one of the free runs of resident frames, of which this text speaks, and one
/// of the ranges of absent chunks.
///
/// The boundary tags of vmem: the first and the last frame of a run carry its length, so that the
/// runs on either side of a block being freed are known without a search. Runs of equal length
/// are a doubly linked list, threaded through the tags of their first frames; a bitmap says which
/// lists are not empty, and a bitmap of its words makes it quick to search. Lists hold one exact
/// length each up to 16 MiB, so that the best fit is exact for all but the largest requests.
///
/// Not thread-safe. Knows nothing of chunks' borders; a run of frames may cross any number of them.
struct RunIndex: ~Copyable {
  /// A frame's tag.
  ///
  /// Frames inside a run have stale ones.
  struct Tag: BitwiseCopyable {
    /// In the tag of a first frame: its neighbours in the list, plus one; zero for none.
    var next: UInt32
    var previous: UInt32
    /// In the tags of the first and the last frame: the run's length.
    var length: UInt32
  }

  private(set) var tags: ZeroedTable<Tag>

  /// The first run of every list, plus one; zero for none.
  private(set) var heads: ZeroedTable<UInt32>

  /// A bit for every list that is not empty, and a bit for every word of those that is not zero.
  private(set) var occupied: ZeroedTable<UInt64>
  private(set) var occupiedWords: ZeroedTable<UInt64>

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
  static let exactLists = 4096

  /// Above, an octave has this many lists: lengths in one list differ by 3 % at most.
  private static let listsPerOctave = 32

  /// Octaves from 2^12 to 2^31 frames, the largest arena.
  private static let listCount = exactLists + (32 - 12) * listsPerOctave

  @inline(__always)
  static func list(of length: Int) -> Int {
    guard length >= exactLists else { return length }
    let octave = Int.bitWidth - 1 - length.leadingZeroBitCount
    let step = length >> (octave - 5) & (listsPerOctave - 1)
    return exactLists + (octave - 12) * listsPerOctave + step
  }

  /// Files a run whose neighbours on both sides are not free: as the first of its list, or behind
  /// the first one where that is lower.
  ///
  /// So of runs of one length one of the lowest is taken, without a search: the lowest leaves the
  /// longest runs above.
  @inline(__always)
  mutating func insert(_ run: Range<Int>) {
    let first = run.lowerBound
    let list = Self.list(of: run.count)
    let head = heads[list]
    tags[run.upperBound - 1].length = UInt32(run.count)
    let before = head != 0 && Int(head) <= first ? head : 0
    let behind = before == 0 ? head : tags[Int(before) - 1].next
    tags[first] = Tag(next: behind, previous: before, length: UInt32(run.count))
    if behind != 0 { tags[Int(behind) - 1].previous = UInt32(first + 1) }
    if before != 0 {
      tags[Int(before) - 1].next = UInt32(first + 1)
    } else {
      heads[list] = UInt32(first + 1)
    }
    if head == 0 {
      occupied[list >> 6] |= 1 << UInt64(list & 63)
      occupiedWords[list >> 12] |= 1 << UInt64(list >> 6 & 63)
    }
    count += 1
  }

  /// Files a run as one with the runs right before and behind it, where there are such.
  @inline(__always)
  mutating func insert(_ run: Range<Int>, joiningBefore: Bool, behind: Bool) {
    var (first, end) = (run.lowerBound, run.upperBound)
    if joiningBefore {
      first = self.run(endingWith: first - 1).lowerBound
      remove(startingAt: first)
    }
    if behind {
      let next = self.run(startingAt: end)
      remove(startingAt: end)
      end = next.upperBound
    }
    insert(first..<end)
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

  /// Takes a part out of a run, and files what is left of the run on both sides.
  @inline(__always)
  mutating func remove(_ part: Range<Int>, of run: Range<Int>) {
    remove(startingAt: run.lowerBound)
    if run.lowerBound < part.lowerBound { insert(run.lowerBound..<part.lowerBound) }
    if part.upperBound < run.upperBound { insert(part.upperBound..<run.upperBound) }
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
}
