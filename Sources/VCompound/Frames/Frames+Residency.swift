// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// The frames that a range of chunks has.
  package func frames(in range: Range<Int>) -> FrameRun {
    let start = range.lowerBound * Self.chunkSize
    let end = min(range.upperBound * Self.chunkSize, pageCount.rawValue)
    return FrameRun(first: Frame(start), pageCount: PageCount(end - start))
  }

  /// Lets requests see hidden chunks that have memory now, all frames free.
  package mutating func publish(_ range: Range<Int>) {
    let added = frames(in: range)
    for index in range {
      assert(chunks[index].state == .hidden)
      let exist = frames(in: index..<index + 1).pageCount.rawValue
      var used = FrameMap()
      if exist < Self.chunkSize { used.insert(exist..<Self.chunkSize) }
      chunks[index] = Chunk(used: used, free: UInt16(exist), state: .resident)
      chunksWithFree.insert(index)
    }
    freeResident = freeResident + added.pageCount
    fileMerged(added.first.rawValue..<added.end.rawValue)
    checkInvariants()
  }

  /// Files hidden chunks without memory among the absent ones.
  package mutating func retire(_ range: Range<Int>) {
    for index in range {
      assert(chunks[index].state == .hidden)
      chunks[index].state = .absent
    }
    absent.insert(range)
    freeAbsent = freeAbsent + frames(in: range).pageCount
    checkInvariants()
  }

  /// Takes all wholly free resident chunks out of the sight of everybody, for the caller to give
  /// back.
  ///
  /// - Returns: ranges of chunks, ascending; there are used frames between them.
  /// - Complexity: O(runs as long as a chunk · log).
  package mutating func hideFreeChunks() -> [Range<Int>] {
    var found: [(run: Range<Int>, chunks: Range<Int>)] = []
    let last = frames(in: chunkCount - 1..<chunkCount)
    runs.forEachRun(holding: min(last.pageCount.rawValue, Self.chunkSize)) { run in
      let first = (run.lowerBound + Self.chunkSize - 1) / Self.chunkSize
      // The shorter last chunk ends with the arena.
      let end = run.upperBound == last.end.rawValue ? chunkCount : run.upperBound / Self.chunkSize
      if first < end { found.append((run, first..<end)) }
    }
    found.sort { $0.run.lowerBound < $1.run.lowerBound }
    for (run, range) in found {
      let frames = self.frames(in: range)
      take(frames.first.rawValue..<frames.end.rawValue, of: run)
      for index in range {
        chunks[index].free = 0
        chunks[index].state = .hidden
      }
    }
    checkInvariants()
    return found.map(\.chunks)
  }
}
