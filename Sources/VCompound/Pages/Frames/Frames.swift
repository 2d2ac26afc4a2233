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
  /// The frames of the arena.
  package let pageCount: PageCount

  /// The chunks of the arena; the last one may have fewer than 512 frames.
  let chunkCount: Int

  var chunks: ZeroedTable<Chunk>

  /// The maximal runs of free frames in resident chunks.
  var runs: RunIndex

  /// The resident chunks with free frames.
  var chunksWithFree: LowestSet

  /// The ranges of absent chunks, by chunk numbers.
  var absent: RunIndex

  /// Free frames with memory behind them.
  package internal(set) var freeResident: PageCount

  /// Free frames without.
  package internal(set) var freeAbsent: PageCount

  /// Frames of hidden chunks: neither free nor used; the thread that moves the chunk has them.
  package internal(set) var hidden: PageCount = 0

  static let chunkSize = PageCount.pagesPerChunk

  /// Makes a model in which all frames are free and absent.
  ///
  /// - Parameters:
  ///   - pageCount: the frames, at least 1.
  ///   - system: where the tables are mapped: about 0.3 % of the arena at most, as it gets used.
  /// - Throws: `systemCall` where a table cannot be mapped.
  package init(pageCount: PageCount, system: OperatingSystem) throws(CompoundError) {
    let chunkCount = (pageCount.rawValue + Self.chunkSize - 1) / Self.chunkSize
    let chunks = try ZeroedTable<Chunk>(count: chunkCount, system: system)
    let runs = try RunIndex(frameCount: pageCount.rawValue, system: system)
    let chunksWithFree = try LowestSet(count: chunkCount, system: system)
    var absent = try RunIndex(frameCount: chunkCount, system: system)
    absent.insert(0..<chunkCount)
    self.pageCount = pageCount
    self.chunksWithFree = chunksWithFree
    self.chunkCount = chunkCount
    self.chunks = chunks
    self.runs = runs
    self.absent = absent
    freeResident = 0
    freeAbsent = pageCount
  }

  /// All free frames, with memory or without.
  package var free: PageCount { freeResident + freeAbsent }

  /// The frames in use.
  package var used: PageCount { pageCount - free - hidden }

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
    guard frame >= 0, frame < pageCount.rawValue else { return false }
    let chunk = frame / Self.chunkSize
    return chunks[chunk].state == .resident
      && !chunks[chunk].used.contains(frame % Self.chunkSize)
  }

  /// Whether a frame is in use.
  package func isUsed(_ frame: Frame) -> Bool {
    let chunk = frame.rawValue / Self.chunkSize
    return chunks[chunk].state == .resident
      && chunks[chunk].used.contains(frame.rawValue % Self.chunkSize)
  }

  /// Marks a part of a free run used, and files what is left of it.
  @inline(__always)
  mutating func take(_ part: Range<Int>, of run: Range<Int>) {
    runs.remove(part, of: run)
    Self.forEachPart(of: part) { chunk, bits in
      chunks[chunk].used.insert(bits)
      chunks[chunk].free -= UInt16(bits.count)
      if chunks[chunk].free == 0 { chunksWithFree.remove(chunk) }
    }
    freeResident = freeResident - PageCount(part.count)
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
    }
    freeResident = freeResident + run.pageCount
    fileMerged(range)
    checkInvariants()
  }

  /// Files frames that have just become free, as one run with the free runs on both sides.
  @inline(__always)
  mutating func fileMerged(_ range: Range<Int>) {
    var (first, end) = (range.lowerBound, range.upperBound)
    if isFreeResident(first - 1) {
      first = runs.run(endingWith: first - 1).lowerBound
      runs.remove(startingAt: first)
    }
    if isFreeResident(end) {
      let next = runs.run(startingAt: end)
      runs.remove(startingAt: end)
      end = next.upperBound
    }
    runs.insert(first..<end)
  }
}
