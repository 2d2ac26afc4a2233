// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Frames of one chunk that are getting memory or losing it; the thread that moves them has them.
package struct HiddenFrames {
  /// The chunk.
  let chunk: Int
  /// Its frames, by their places in the chunk: at least one.
  let map: FrameMap

  /// How many.
  package var pageCount: PageCount { PageCount(map.count) }

  /// Calls a function for every run of them, ascending.
  package func forEachRun<Failure: Error>(
    _ body: (FrameRun) throws(Failure) -> Void
  ) throws(Failure) {
    try map.forEachRun { (bits) throws(Failure) in
      try body(
        FrameRun(
          first: Frame(chunk * Frames.chunkSize + bits.lowerBound),
          pageCount: PageCount(bits.count)))
    }
  }
}

// Holes: frames of a resident chunk that have no memory.
//
// Free frames that lie scattered give their memory back, so that as many others, side by side in
// chunks that are absent, can have some: the capacity counts frames with memory only.
extension Frames {
  /// The frames in use of a resident chunk.
  private func liveCount(of chunk: Int) -> Int {
    frames(in: chunk..<chunk + 1).pageCount.rawValue
      - Int(chunks[chunk].free) - Int(chunks[chunk].holeCount)
  }

  /// Hides free frames of a chunk, for the caller to give back: all, or the lower ones.
  ///
  /// - Parameters:
  ///   - start: the first chunk to look at.
  ///   - live: the most frames in use that the chunk may have.
  ///   - limit: the most frames to hide, at least 1.
  /// - Returns: nil where no such chunk follows.
  /// - Complexity: O(chunks with free frames that are looked at, and runs of the chunk).
  package mutating func hideFree(
    from start: Int, liveAtMost live: Int, atMost limit: PageCount
  ) -> HiddenFrames? {
    var next = chunksWithFree.lowest(from: start)
    while let chunk = next, liveCount(of: chunk) > live {
      next = chunksWithFree.lowest(from: chunk + 1)
    }
    guard let chunk = next else { return nil }
    var map = FrameMap()
    var left = limit.rawValue
    while left > 0, let clear = chunks[chunk].used.nextClearRun(from: 0) {
      let bits = clear.prefix(left)
      let first = chunk * Self.chunkSize + bits.lowerBound
      take(first..<first + bits.count, of: runs.run(startingAt: startOfRun(around: first)))
      map.insert(bits)
      left -= bits.count
    }
    let hidden = HiddenFrames(chunk: chunk, map: map)
    used -= hidden.pageCount
    self.hidden += hidden.pageCount
    return hidden
  }

  /// Hides frames without memory of a holed chunk, for the caller to make resident.
  ///
  /// - Parameters:
  ///   - start: the first chunk to look at.
  ///   - limit: the most frames to hide, at least 1 and no more than `freeAbsent`.
  /// - Returns: nil where no holed chunk follows.
  /// - Complexity: O(chunks).
  package mutating func hideHoles(from start: Int, atMost limit: PageCount) -> HiddenFrames? {
    var chunk = start
    while chunk < chunkCount, chunks[chunk].state != .resident || chunks[chunk].holeCount == 0 {
      chunk += 1
    }
    guard chunk < chunkCount else { return nil }
    var map = FrameMap()
    var left = limit.rawValue
    chunks[chunk].holes.forEachRun { bits in
      if left > 0 { map.insert(bits.prefix(left)) }
      left -= min(left, bits.count)
    }
    let hidden = HiddenFrames(chunk: chunk, map: map)
    chunks[chunk].holes.subtract(map)
    chunks[chunk].holeCount -= UInt16(hidden.pageCount.rawValue)
    self.hidden += hidden.pageCount
    return hidden
  }

  /// Lets requests see hidden frames that have memory, or have it still.
  package mutating func publish(_ frames: HiddenFrames) {
    hidden -= frames.pageCount
    used += frames.pageCount
    frames.forEachRun { give($0) }
  }

  /// Files hidden frames that have no memory any more, or have got none.
  ///
  /// A chunk without memory is absent: fresh again.
  package mutating func retire(_ frames: HiddenFrames) {
    let chunk = frames.chunk
    hidden -= frames.pageCount
    chunks[chunk].holes.formUnion(frames.map)
    chunks[chunk].holeCount += UInt16(frames.pageCount.rawValue)
    let exist = self.frames(in: chunk..<chunk + 1).pageCount.rawValue
    if Int(chunks[chunk].holeCount) == exist { fileAbsent(chunk..<chunk + 1) }
    checkInvariants()
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
