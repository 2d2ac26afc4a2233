// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which frames of the arena are free: the buddy model, without the buddies' waste.
///
/// A classic buddy allocator keeps lists of aligned power-of-two blocks, and splits and merges
/// them. Here the frames of every chunk are bits of a map, any run of free frames can serve,
/// aligned or not, and a block has exactly the pages that were asked for. `RunIndex` finds the
/// shortest run that fits, and the longest.
///
/// Frames of *absent* chunks, which have no memory, are free too, but are filed apart: memory
/// that is resident always serves first. Which chunk is made resident when is decided here
/// (`hideAbsent`, in `Frames+Growth.swift`); making it so is the arena's work.
///
/// Pure logic: no system call but the mapping of its tables, no knowledge of addresses. Not
/// thread-safe: its owner locks. All operations take constant time in the arena's size
/// unless they say otherwise.
package struct Frames: ~Copyable {
  /// The capacity: the most frames that have memory at a time, those on their way included.
  package let pageCount: PageCount

  /// The frames there are: the *frame space*, as many as the capacity or several times as many.
  package let space: PageCount

  /// The chunks of the frame space; the last one may have fewer than 512 frames.
  let chunkCount: Int

  var chunks: ZeroedTable<Chunk>

  /// The maximal runs of free frames in resident chunks.
  var runs: RunIndex

  /// The resident chunks with free frames.
  var chunksWithFree: LowestSet

  /// The resident chunks that have holes, free frames, and nothing else.
  var hollow: LowestSet

  /// The ranges of absent chunks, by chunk numbers.
  var absent: RunIndex

  /// The frames of absent chunks, whatever the capacity leaves.
  package internal(set) var fresh: PageCount

  /// Free frames with memory behind them.
  package internal(set) var freeResident: PageCount

  /// The least that `freeResident` was; see `takeLeastFree`.
  private var leastFree: PageCount = 0

  /// Chunks that the kernel has page tables for.
  package internal(set) var splitCount = 0

  /// Frames in use.
  package internal(set) var used: PageCount = 0

  /// Frames that are getting memory or losing it: neither free nor used; the thread that moves them
  /// has them.
  package internal(set) var hidden: PageCount = 0

  /// Memory that was given back and is kept for a chunk that its owner will make: not free
  /// meanwhile.
  package private(set) var reserved: PageCount = 0

  static let chunkSize = PageCount.pagesPerChunk

  /// Makes a model in which all frames are free and absent.
  ///
  /// - Parameters:
  ///   - pageCount: the capacity, at least 1.
  ///   - space: the frames, at least as many; nil for as many.
  ///   - system: where the tables are mapped: about 0.3 % of the frames at most, as they get used.
  /// - Throws: `systemCall` where a table cannot be mapped.
  package init(
    pageCount: PageCount, space: PageCount? = nil, system: OperatingSystem
  ) throws(CompoundError) {
    let space = space ?? pageCount
    let chunkCount = (space.rawValue + Self.chunkSize - 1) / Self.chunkSize
    let chunks = try ZeroedTable<Chunk>(count: chunkCount, system: system)
    let runs = try RunIndex(frameCount: space.rawValue, system: system)
    let chunksWithFree = try LowestSet(count: chunkCount, system: system)
    let hollow = try LowestSet(count: chunkCount, system: system)
    var absent = try RunIndex(frameCount: chunkCount, system: system)
    absent.insert(0..<chunkCount)
    self.pageCount = pageCount
    self.space = space
    self.chunksWithFree = chunksWithFree
    self.chunkCount = chunkCount
    self.chunks = chunks
    self.runs = runs
    self.hollow = hollow
    self.absent = absent
    fresh = space
    freeResident = 0
  }

  /// The frames that could get memory: what the capacity leaves.
  package var freeAbsent: PageCount { pageCount - used - freeResident - inTransit }

  /// Frames, and memory without frames, that threads have which move memory.
  package var inTransit: PageCount { hidden + reserved }

  /// Keeps memory that is absent for the caller, or with a negative number lets it be had again.
  package mutating func reserve(_ count: PageCount) {
    reserved += count
    assert(reserved >= 0 && freeAbsent >= 0)
  }

  /// All free frames, with memory or without.
  package var free: PageCount { freeResident + freeAbsent }

  /// The maximal runs of free frames with memory.
  package var runCount: Int { runs.count }

  /// Whether so many free frames with memory lie side by side.
  package func hasRun(of count: PageCount) -> Bool {
    runs.shortest(holding: count.rawValue) != nil
  }

  /// The least memory that was free since the last call.
  package mutating func takeLeastFree() -> PageCount {
    defer { leastFree = freeResident }
    return leastFree
  }

  // MARK: Marking

  /// Calls a function for the part of a run in each chunk, ascending.
  @inline(__always)
  static func forEachPart(of run: Range<Int>, _ body: (_ chunk: Int, _ bits: Range<Int>) -> Void) {
    var position = run.lowerBound
    while position < run.upperBound {
      let chunk = position / chunkSize
      let stop = min(run.upperBound, (chunk + 1) * chunkSize)
      body(chunk, position - chunk * chunkSize..<stop - chunk * chunkSize)
      position = stop
    }
  }

  /// Whether a frame is free and has memory; false for frames that do not exist.
  @inline(__always)
  func isFreeResident(_ frame: Int) -> Bool {
    guard frame >= 0, frame < space.rawValue else { return false }
    let chunk = frame / Self.chunkSize
    return chunks[chunk].state == .resident
      && !chunks[chunk].used.contains(frame % Self.chunkSize)
  }

  /// Whether a frame is in use.
  package func isUsed(_ frame: PageFrame) -> Bool {
    let chunk = frame.rawValue / Self.chunkSize
    let bit = frame.rawValue % Self.chunkSize
    return chunks[chunk].state == .resident && chunks[chunk].used.contains(bit)
      && !chunks[chunk].holes.contains(bit)
  }

  /// Marks a part of a free run used, and files what is left of it.
  @inline(__always)
  mutating func take(_ part: Range<Int>, of run: Range<Int>) {
    runs.remove(part, of: run)
    Self.forEachPart(of: part) { chunk, bits in
      chunks[chunk].used.insert(bits)
      chunks[chunk].free -= UInt16(bits.count)
      if chunks[chunk].free == 0 { chunksWithFree.remove(chunk) }
      if chunks[chunk].holeCount > 0 { hollow.remove(chunk) }
    }
    freeResident -= PageCount(part.count)
    leastFree = min(leastFree, freeResident)
    used += PageCount(part.count)
    checkInvariants()
  }

  /// Gives frames back, which merge with the free runs on both sides.
  ///
  /// They may be a part of what was taken in one piece.
  ///
  /// - Parameter run: frames that are in use, all of them; debug builds check it.
  /// - Complexity: O(chunks of the run).
  @inline(__always)
  package mutating func give(_ run: FrameRun) {
    let range = run.first.rawValue..<run.end.rawValue
    Self.forEachPart(of: range) { chunk, bits in
      assert(chunks[chunk].used.count(in: bits) == bits.count, "free frames given back: \(run)")
      chunks[chunk].used.remove(bits)
      if chunks[chunk].free == 0 { chunksWithFree.insert(chunk) }
      chunks[chunk].free += UInt16(bits.count)
      if chunks[chunk].holeCount > 0 { noteHollow(chunk) }
    }
    freeResident += run.pageCount
    used -= run.pageCount
    fileMerged(range)
    checkInvariants()
  }

  /// Files frames that have just become free, as one run with the free runs on both sides.
  @inline(__always)
  mutating func fileMerged(_ range: Range<Int>) {
    runs.insert(
      range, joiningBefore: isFreeResident(range.lowerBound - 1),
      behind: isFreeResident(range.upperBound))
  }
}
