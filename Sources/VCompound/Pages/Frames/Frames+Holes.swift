// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Holes: frames of a resident chunk that have no memory.
//
// Free frames that lie scattered give their memory back, so that as many others, side by side in
// chunks that are absent, can have some: the capacity counts frames with memory only.
extension Frames {
  // MARK: Hiding

  /// Hides free frames, for the caller to give back: a part of the longest free run, in whole
  /// chunks where it has some.
  ///
  /// - Parameter limit: the most frames to hide, at least 1.
  /// - Returns: nil where no frame with memory is free.
  /// - Complexity: O(chunks of the run).
  package mutating func hideLongest(atMost limit: PageCount) -> FrameRun? {
    guard let run = runs.longest() else { return nil }
    var part = run.prefix(limit.rawValue)
    let border = (run.lowerBound + Self.chunkSize - 1) / Self.chunkSize * Self.chunkSize
    let whole = min(run.upperBound - border, limit.rawValue) / Self.chunkSize * Self.chunkSize
    if part.count < run.count, whole > 0 { part = border..<border + whole }
    return hide(part, of: run)
  }

  /// Hides free frames, for the caller to give back: those that are the least loss.
  ///
  /// First those of hollow chunks. Then the shortest run. Of three orders in which traces were
  /// simulated (shortest runs first; chunks with the fewest frames in use, with the most) only the
  /// first had fewer blocks stitched afterwards than no exchange at all: the holes that it leaves
  /// break no long run.
  ///
  /// - Parameter limit: the most frames to hide, at least 1.
  /// - Returns: nil where no frame with memory is free.
  /// - Complexity: O(chunks of the run).
  package mutating func hideScattered(atMost limit: PageCount) -> FrameRun? {
    if let hidden = hideHollow(atMost: limit) { return hidden }
    guard let run = runs.shortest(holding: 1) else { return nil }
    return hide(run.prefix(limit.rawValue), of: run)
  }

  /// Hides free frames of chunks that have holes, and no frame in use: without memory, such a chunk
  /// is fresh.
  ///
  /// - Parameter limit: the most frames to hide, at least 1.
  /// - Returns: frames of one such chunk, or nil where there is none.
  /// - Complexity: O(chunks of the run that they lie in).
  package mutating func hideHollow(atMost limit: PageCount) -> FrameRun? {
    guard let chunk = hollow.lowest() else { return nil }
    let bit = chunks[chunk].used.firstClear(from: 0)
    let bits = (bit..<chunks[chunk].used.firstMarked(from: bit)).prefix(limit.rawValue)
    let first = chunk * Self.chunkSize + bit
    return hide(first..<first + bits.count, of: runs.run(startingAt: startOfRun(around: first)))
  }

  private mutating func hide(_ part: Range<Int>, of run: Range<Int>) -> FrameRun {
    take(part, of: run)
    let count = PageCount(part.count)
    used -= count
    hidden += count
    return FrameRun(first: PageFrame(part.lowerBound), pageCount: count)
  }

  /// Hides frames without memory of a holed chunk, for the caller to make resident.
  ///
  /// - Parameters:
  ///   - start: the first chunk to look at.
  ///   - limit: the most frames to hide, at least 1 and no more than `freeAbsent`.
  /// - Returns: nil where no holed chunk follows.
  /// - Complexity: O(chunks).
  package mutating func hideHoles(from start: Int, atMost limit: PageCount) -> FrameRun? {
    var chunk = start
    while chunk < chunkCount, chunks[chunk].state != .resident || chunks[chunk].holeCount == 0 {
      chunk += 1
    }
    guard chunk < chunkCount else { return nil }
    let first = chunks[chunk].holes.firstMarked(from: 0)
    let bits = (first..<chunks[chunk].holes.firstClear(from: first)).prefix(limit.rawValue)
    chunks[chunk].holes.remove(bits)
    chunks[chunk].holeCount -= UInt16(bits.count)
    noteHollow(chunk)
    let count = PageCount(bits.count)
    hidden += count
    return FrameRun(first: PageFrame(chunk * Self.chunkSize + first), pageCount: count)
  }

  // MARK: Showing

  /// Lets requests see hidden frames that have memory, or have it still.
  package mutating func publish(_ run: FrameRun) {
    hidden -= run.pageCount
    used += run.pageCount
    give(run)
  }

  /// Files hidden frames that have no memory any more, or have got none.
  ///
  /// A chunk without memory is absent: fresh again.
  package mutating func retire(_ run: FrameRun) {
    hidden -= run.pageCount
    Self.forEachPart(of: run.first.rawValue..<run.end.rawValue) { chunk, bits in
      chunks[chunk].holes.insert(bits)
      chunks[chunk].holeCount += UInt16(bits.count)
      noteHollow(chunk)
      let exist = frames(in: chunk..<chunk + 1).pageCount.rawValue
      if bits.count < exist { noteSplit(chunk, true) }
      if Int(chunks[chunk].holeCount) == exist { fileAbsent(chunk..<chunk + 1) }
    }
    checkInvariants()
  }

  /// Files a chunk that has holes, and else only free frames, or has not any more.
  mutating func noteHollow(_ chunk: Int) {
    let exist = frames(in: chunk..<chunk + 1).pageCount.rawValue
    let (free, holes) = (Int(chunks[chunk].free), Int(chunks[chunk].holeCount))
    if holes > 0, free > 0, free + holes == exist {
      hollow.insert(chunk)
    } else {
      hollow.remove(chunk)
    }
  }

  // MARK: Exchange

  /// The frames of fresh chunks that a run can be made of when scattered frames have given their
  /// memory back: whole chunks as far as enough is free, else as many frames as are free.
  ///
  /// - Returns: nil where fewer frames are free than wanted, or no absent chunks lie side by side.
  package func exchangeSize(
    for count: PageCount, alignment: PageCount, atMost limit: PageCount
  ) -> PageCount? {
    guard count <= min(free, limit), freshChunks(for: count, alignment) != nil else { return nil }
    let chunks = (count.rawValue + Self.chunkSize - 1) / Self.chunkSize
    return min(PageCount(chunks * Self.chunkSize), free, limit)
  }

  /// Hides absent chunks that hold a run, for the caller to make resident: `limit` frames at most.
  ///
  /// - Returns: nil where there are none side by side, or the capacity leaves too little.
  package mutating func hideFresh(
    for count: PageCount, alignment: PageCount, atMost limit: PageCount
  ) -> Range<Int>? {
    guard count <= freeAbsent, let (range, part) = freshChunks(for: count, alignment) else {
      return nil
    }
    takeAbsent(part, of: range)
    hide(part, min(frames(in: part).pageCount, freeAbsent, limit))
    return part
  }

  /// Where a run of so many frames can be made: absent chunks behind the longest free run, or such
  /// as hold all of it.
  ///
  /// - Returns: the chunks; nil where there is such a run, or no room for one.
  package func site(forRunOf count: PageCount) -> Range<Int>? {
    guard !hasRun(of: count) else { return nil }
    if let run = runs.longest(), run.upperBound % Self.chunkSize == 0 {
      let chunk = run.upperBound / Self.chunkSize
      let missing = (count.rawValue - run.count + Self.chunkSize - 1) / Self.chunkSize
      if isAbsent(chunk), absent.run(startingAt: chunk).count >= missing {
        return chunk..<chunk + missing
      }
    }
    return freshChunks(for: count, 1)?.part
  }

  /// Hides an absent chunk, for the caller to make resident: a whole one.
  ///
  /// - Returns: whether it is absent, and the capacity leaves enough.
  /// - Complexity: O(absent chunks right before it).
  package mutating func hideFresh(chunk: Int) -> Bool {
    let count = frames(in: chunk..<chunk + 1).pageCount
    guard isAbsent(chunk), count <= freeAbsent else { return false }
    var first = chunk
    while isAbsent(first - 1) { first -= 1 }
    takeAbsent(chunk..<chunk + 1, of: absent.run(startingAt: first))
    hide(chunk..<chunk + 1, count)
    return true
  }

  private func freshChunks(
    for count: PageCount, _ alignment: PageCount
  ) -> (range: Range<Int>, part: Range<Int>)? {
    let chunks = (count.rawValue + Self.chunkSize - 1) / Self.chunkSize
    let found = absent.aligned(chunks, max(1, alignment.rawValue / Self.chunkSize))
    guard let (range, first) = found else { return nil }
    let part = first..<first + chunks
    return frames(in: part).pageCount >= count ? (range, part) : nil
  }
}
