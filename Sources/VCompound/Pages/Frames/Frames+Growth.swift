// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// Hides a range of absent chunks, for the caller to make resident, so that a request that the
  /// resident frames cannot serve can be served.
  ///
  /// The caller publishes the range and asks again until the request can be served. All ranges
  /// together are as few chunks as possible: those that make up for the frames missing. Where one
  /// contiguous run costs no more chunks than that, the chunks are chosen so that there will be
  /// one.
  ///
  /// - Parameters:
  ///   - count: the frames of the request: more than are resident and free, unless `contiguous`.
  ///   - contiguous: choose only chunks that make one contiguous run, however many it takes.
  ///   - alignment: where a contiguous run shall begin.
  ///   - limit: the most frames of all ranges together; nothing is hidden where it takes more.
  /// - Returns: the first range: the lowest of those that make a run, or the largest of those that
  ///   do not. Nil where nothing helps.
  /// - Complexity: O(ranges of absent chunks), and their square where free resident frames lie
  ///   between them.
  package mutating func hideAbsent(
    for count: PageCount, contiguous: Bool, alignment: PageCount = 1,
    atMost limit: PageCount = PageCount(.max)
  ) -> Range<Int>? {
    guard limit > 0 else { return nil }
    let missing = count.rawValue - freeResident.rawValue
    precondition(contiguous || missing > 0, "\(count) wanted, and \(freeResident) are resident")
    var choice = choice(forRunOf: count.rawValue, alignment.rawValue)
    if !contiguous {
      let fewest = self.choice(holding: missing)
      if choice.part.isEmpty || choice.chunkCount > fewest.chunkCount { choice = fewest }
    }
    guard !choice.part.isEmpty, min(choice.pageCount, freeAbsent) <= limit else { return nil }
    let frames = frames(in: choice.part).pageCount
    takeAbsent(choice.part, of: choice.range)
    hide(choice.part, min(frames, freeAbsent))
    return choice.part
  }

  /// Absent chunks that would serve a request.
  private struct Choice {
    /// Those to begin with, empty where nothing serves; and the range of absent chunks around them.
    var part = 0..<0
    var range = 0..<0
    /// How many there are, and their frames.
    var chunkCount = 0
    var pageCount: PageCount = 0
  }

  // MARK: Side by side

  /// The fewest absent chunks that make a run of `count` frames.
  ///
  /// The run lies in some maximal free run. Moving it within that changes the number of absent
  /// chunks only where one of its ends passes a border of them, so it is tried at those.
  private func choice(forRunOf count: Int, _ alignment: Int) -> Choice {
    var (best, bestRun) = (Choice(), 0..<0)
    forEachPartlyAbsentRun { run, head in
      guard run.count >= count else { return }
      func consider(_ first: Int) {
        guard first >= run.lowerBound, first + count <= run.upperBound else { return }
        let choice = choice(under: first..<first + count, from: head)
        // Where the capacity does not suffice, the chunks have memory up to the run's end only.
        let needed = first + count - choice.part.lowerBound * Self.chunkSize
        guard
          choice.pageCount <= freeAbsent
            || choice.part.count == choice.chunkCount && needed <= freeAbsent.rawValue
        else { return }
        // Of runs that cost the same, the lowest.
        if bestRun.isEmpty
          || (choice.chunkCount, run.lowerBound) < (best.chunkCount, bestRun.lowerBound)
        {
          (best, bestRun) = (choice, run)
        }
      }
      func considerBoth(_ place: Int) {
        consider(place & ~(alignment - 1))
        consider((place + alignment - 1) & ~(alignment - 1))
      }
      considerBoth(run.lowerBound)
      considerBoth(run.upperBound - count)
      forEachAbsentRange(from: head) { range in
        let frames = frames(in: range)
        considerBoth(frames.first.rawValue)
        considerBoth(frames.end.rawValue)
        considerBoth(frames.first.rawValue - count)
        considerBoth(frames.end.rawValue - count)
      }
    }
    return best
  }

  /// The absent chunks that some frames of a part of a free run lie in.
  private func choice(under part: Range<Int>, from head: Range<Int>) -> Choice {
    let touched =
      part.lowerBound / Self.chunkSize..<(part.upperBound + Self.chunkSize - 1) / Self.chunkSize
    var choice = Choice()
    forEachAbsentRange(from: head) { range in
      let part = range.clamped(to: touched)
      guard !part.isEmpty else { return }
      if choice.part.isEmpty { (choice.part, choice.range) = (part, range) }
      choice.chunkCount += part.count
      choice.pageCount = choice.pageCount + frames(in: part).pageCount
    }
    return choice
  }

  /// Calls a function for every maximal run of free frames some of which are absent, and its lowest
  /// range of absent chunks.
  private func forEachPartlyAbsentRun(_ body: (_ run: Range<Int>, _ head: Range<Int>) -> Void) {
    absent.forEachRun(holding: 1) { head in
      var first = head.lowerBound * Self.chunkSize
      if isFreeResident(first - 1) {
        first = runs.run(endingWith: first - 1).lowerBound
        // Another range lies before those resident frames, and is the head.
        if first % Self.chunkSize == 0, isAbsent(first / Self.chunkSize - 1) { return }
      }
      var end = first
      forEachAbsentRange(from: head) { end = frames(in: $0).end.rawValue }
      if isFreeResident(end) { end = runs.run(startingAt: end).upperBound }
      body(first..<end, head)
    }
  }

  /// Calls a function for a range of absent chunks, and those behind it in the same free run.
  private func forEachAbsentRange(from head: Range<Int>, _ body: (Range<Int>) -> Void) {
    var range = head
    while true {
      body(range)
      var end = frames(in: range).end.rawValue
      guard isFreeResident(end) else { return }
      end = runs.run(startingAt: end).upperBound
      guard end % Self.chunkSize == 0, isAbsent(end / Self.chunkSize) else { return }
      range = absent.run(startingAt: end / Self.chunkSize)
    }
  }

  /// The length of the longest free run, resident or absent or partly both.
  ///
  /// - Complexity: O(ranges of absent chunks).
  package var longestFreeRun: PageCount {
    var longest = runs.longest()?.count ?? 0
    forEachPartlyAbsentRun { run, head in
      var absentCount = 0
      forEachAbsentRange(from: head) { absentCount += frames(in: $0).pageCount.rawValue }
      longest = max(longest, run.count - max(0, absentCount - freeAbsent.rawValue))
    }
    return PageCount(longest)
  }

  // MARK: Anywhere

  /// The fewest absent chunks of at least `missing` frames: from the shortest range that has them
  /// all, or from several, the longest first.
  ///
  /// The arena's shorter last chunk comes last of all.
  private func choice(holding missing: Int) -> Choice {
    guard absent.count > 0, missing <= freeAbsent.rawValue else { return Choice() }
    let wholeCount = space.rawValue / Self.chunkSize
    let wanted = (missing + Self.chunkSize - 1) / Self.chunkSize
    var (best, bestRank) = (0..<0, (1, 0, Int.max))
    var absentCount = 0
    absent.forEachRun(holding: 1) { range in
      let count = min(range.upperBound, wholeCount) - range.lowerBound
      absentCount += count
      let rank = count >= wanted ? (0, count, range.lowerBound) : (1, -count, range.lowerBound)
      if rank < bestRank { (best, bestRank) = (range, rank) }
    }
    // A range without a whole chunk is the last chunk.
    let count = min(wanted, max(1, min(best.upperBound, wholeCount) - best.lowerBound))
    let isEnough = absentCount >= wanted
    return Choice(
      part: best.lowerBound..<best.lowerBound + count, range: best,
      chunkCount: isEnough ? wanted : absentCount + 1,
      pageCount: isEnough ? PageCount(wanted * Self.chunkSize) : freeAbsent)
  }
}
