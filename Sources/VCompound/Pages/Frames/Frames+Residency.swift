// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// The frames that a range of chunks has.
  package func frames(in range: Range<Int>) -> FrameRun {
    let start = range.lowerBound * Self.chunkSize
    let end = min(range.upperBound * Self.chunkSize, space.rawValue)
    return FrameRun(first: PageFrame(start), pageCount: PageCount(end - start))
  }

  /// The frames of a range of hidden chunks that are to have memory: all, or where the capacity
  /// does not suffice, the lower ones.
  package func hiddenFrames(in range: Range<Int>) -> FrameRun {
    let last = range.upperBound - 1
    assert(chunks[last].state == .hidden)
    let before = (last - range.lowerBound) * Self.chunkSize
    return FrameRun(
      first: PageFrame(range.lowerBound * Self.chunkSize),
      pageCount: PageCount(before + Int(chunks[last].free)))
  }

  /// Whether a chunk is absent; false for chunks that do not exist.
  func isAbsent(_ chunk: Int) -> Bool {
    0 <= chunk && chunk < chunkCount && chunks[chunk].state == .absent
  }

  /// Lets requests see hidden chunks that have memory now, all frames free.
  package mutating func publish(_ range: Range<Int>) {
    let added = hiddenFrames(in: range)
    for index in range {
      assert(chunks[index].state == .hidden)
      let made = Int(chunks[index].free)
      let exist = frames(in: index..<index + 1).pageCount.rawValue
      var (used, holes) = (FrameMap(), FrameMap())
      if made < Self.chunkSize { used.insert(made..<Self.chunkSize) }
      if made < exist { holes.insert(made..<exist) }
      chunks[index] = Chunk(
        used: used, holes: holes, free: UInt16(made), holeCount: UInt16(exist - made),
        state: .resident, isSplit: chunks[index].isSplit)
      noteSplit(index, made < exist)
      chunksWithFree.insert(index)
      noteHollow(index)
    }
    hidden -= added.pageCount
    freeResident += added.pageCount
    fileMerged(added.first.rawValue..<added.end.rawValue)
    checkInvariants()
  }

  /// Files hidden chunks without memory among the absent ones.
  package mutating func retire(_ range: Range<Int>) {
    hidden -= hiddenFrames(in: range).pageCount
    fileAbsent(range)
    checkInvariants()
  }

  /// Files chunks without memory, as one range with the absent chunks on both sides.
  mutating func fileAbsent(_ range: Range<Int>) {
    fresh += frames(in: range).pageCount
    for index in range {
      chunks[index] = Chunk(
        used: FrameMap(), holes: FrameMap(), free: 0, holeCount: 0, state: .absent,
        isSplit: chunks[index].isSplit)
    }
    absent.insert(
      range, joiningBefore: isAbsent(range.lowerBound - 1), behind: isAbsent(range.upperBound))
  }

  /// Notes whether the kernel has a page table for a chunk.
  mutating func noteSplit(_ chunk: Int, _ isSplit: Bool) {
    splitCount += (isSplit ? 1 : 0) - (chunks[chunk].isSplit ? 1 : 0)
    chunks[chunk].isSplit = isSplit
  }

  /// Takes a part out of a range of absent chunks.
  mutating func takeAbsent(_ part: Range<Int>, of range: Range<Int>) {
    fresh -= frames(in: part).pageCount
    absent.remove(part, of: range)
  }

  /// Hides chunks that are filed nowhere any more.
  ///
  /// - Parameters:
  ///   - range: the chunks.
  ///   - pageCount: how many of their frames have memory, or get some: the lower ones, of each
  ///     chunk at least one.
  mutating func hide(_ range: Range<Int>, _ pageCount: PageCount) {
    var left = pageCount.rawValue
    for index in range {
      chunks[index].state = .hidden
      chunks[index].free = UInt16(min(left, Self.chunkSize))
      left -= Self.chunkSize
    }
    hidden += pageCount
    checkInvariants()
  }
}
