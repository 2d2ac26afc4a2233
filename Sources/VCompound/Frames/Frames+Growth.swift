// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// Takes absent chunks out of the sight of everybody, for the caller to make resident, so that
  /// a request that the resident frames cannot serve can be served.
  ///
  /// As few chunks as possible: those that make up for the frames missing. Where one contiguous
  /// run costs no more chunks than that, the chunks are chosen so that there will be one.
  ///
  /// - Parameters:
  ///   - count: the frames of the request: more than are resident and free, unless `contiguous`.
  ///   - contiguous: choose only chunks that make one contiguous run, however many it takes.
  ///   - alignment: where a contiguous run shall begin.
  ///   - limit: the most frames to hide; nothing is hidden where it takes more.
  /// - Returns: ranges of chunks, ascending; empty where nothing helps.
  /// - Complexity: O(ranges of absent chunks), and their square where free resident frames lie
  ///   between them.
  package mutating func hideAbsent(
    for count: PageCount, contiguous: Bool, alignment: PageCount = 1,
    atMost limit: PageCount = PageCount(.max)
  ) -> [Range<Int>] {
    guard limit > 0 else { return [] }
    let missing = count.rawValue - freeResident.rawValue
    precondition(contiguous || missing > 0, "\(count) wanted, and \(freeResident) are resident")
    var chosen = absentChunks(forRunOf: count.rawValue, alignment.rawValue) ?? []
    if !contiguous {
      let fewest = absentChunks(holding: missing)
      let size = fewest.reduce(0) { $0 + $1.count }
      if chosen.isEmpty || chosen.reduce(0, { $0 + $1.count }) > size { chosen = fewest }
    }
    let size = chosen.reduce(PageCount(0)) { $0 + frames(in: $1).pageCount }
    guard size <= limit else { return [] }
    for range in chosen {
      absent.remove(range)
      freeAbsent = freeAbsent - frames(in: range).pageCount
      for index in range { chunks[index].state = .hidden }
    }
    checkInvariants()
    return chosen
  }

  // MARK: Side by side

  /// A maximal run of free frames, some of them absent.
  private struct FreeRun {
    var frames: Range<Int>
    /// The absent chunks in it.
    var absent: [Range<Int>]

    /// The absent chunks that some of its frames lie in.
    func absentChunks(under part: Range<Int>) -> [Range<Int>] {
      let size = Frames.chunkSize
      let touched = part.lowerBound / size..<(part.upperBound + size - 1) / size
      return absent.map { $0.clamped(to: touched) }.filter { !$0.isEmpty }
    }
  }

  /// The fewest absent chunks that make a run of `count` frames.
  ///
  /// The run lies in some maximal free run. Moving it within that changes the number of absent
  /// chunks only where one of its ends passes a border of them, so it is tried at those.
  private func absentChunks(forRunOf count: Int, _ alignment: Int) -> [Range<Int>]? {
    var best: (chunks: [Range<Int>], size: Int)?
    for run in freeRunsWithAbsentChunks() where run.frames.count >= count {
      var places = [run.frames.lowerBound, run.frames.upperBound - count]
      for range in run.absent {
        let frames = self.frames(in: range)
        places += [frames.first.rawValue, frames.end.rawValue]
        places += [frames.first.rawValue - count, frames.end.rawValue - count]
      }
      for place in places {
        for first in [place & ~(alignment - 1), (place + alignment - 1) & ~(alignment - 1)]
        where first >= run.frames.lowerBound && first + count <= run.frames.upperBound {
          let chunks = run.absentChunks(under: first..<first + count)
          let size = chunks.reduce(0) { $0 + $1.count }
          if size < best?.size ?? Int.max { best = (chunks, size) }
        }
      }
    }
    return best?.chunks
  }

  private func freeRunsWithAbsentChunks() -> [FreeRun] {
    var result: [FreeRun] = []
    for range in absent.ranges {
      let own = frames(in: range)
      var (first, end) = (own.first.rawValue, own.end.rawValue)
      if isFreeResident(first - 1) { first = runs.run(endingWith: first - 1).lowerBound }
      if isFreeResident(end) { end = runs.run(startingAt: end).upperBound }
      if let previous = result.last, first < previous.frames.upperBound {
        // The same resident frames lie behind the range before and in front of this one.
        result[result.count - 1].frames = previous.frames.lowerBound..<end
        result[result.count - 1].absent.append(range)
      } else {
        result.append(FreeRun(frames: first..<end, absent: [range]))
      }
    }
    return result
  }

  /// The length of the longest free run, resident or absent or partly both.
  ///
  /// - Complexity: O(ranges of absent chunks).
  package var longestFreeRun: PageCount {
    let resident = runs.longest()?.count ?? 0
    return PageCount(freeRunsWithAbsentChunks().reduce(resident) { max($0, $1.frames.count) })
  }

  // MARK: Anywhere

  /// The fewest absent chunks of at least `missing` frames: from the shortest range that has them
  /// all, or from several, the longest first.
  ///
  /// The arena's shorter last chunk comes last of all.
  private func absentChunks(holding missing: Int) -> [Range<Int>] {
    let wholeCount = pageCount.rawValue / Self.chunkSize
    var wanted = (missing + Self.chunkSize - 1) / Self.chunkSize
    var sorted = absent.ranges.map { $0.clamped(to: 0..<wholeCount) }.filter { !$0.isEmpty }
    sorted.sort { $0.count < $1.count }
    if let enough = sorted.first(where: { $0.count >= wanted }) {
      return [enough.prefix(wanted)]
    }
    var chosen: [Range<Int>] = []
    for range in sorted.reversed() where wanted > 0 {
      let part = range.prefix(min(wanted, range.count))
      wanted -= part.count
      chosen.append(part)
    }
    let found = chosen.reduce(0) { $0 + frames(in: $1).pageCount.rawValue }
    if found < missing {
      let last = wholeCount..<chunkCount
      guard !last.isEmpty, absent.range(containing: wholeCount) != nil,
        found + frames(in: last).pageCount.rawValue >= missing
      else { return [] }
      chosen.append(last)
    }
    return chosen.sorted { $0.lowerBound < $1.lowerBound }
  }
}
