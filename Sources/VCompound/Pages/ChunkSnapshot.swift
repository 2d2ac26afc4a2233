// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the ledger knows of the frames of one chunk: copied, so that it is looked at without the
/// ledger's lock.
struct ChunkSnapshot {
  /// The chunk's first frame.
  var first = PageFrame(0)
  /// See `Chunk`; of a chunk that has no memory, or is hidden, all frames are holes.
  var used = FrameMap()
  var holes = FrameMap()
  /// The frames at which blocks begin, and their records in this order.
  var heads = FrameMap()
  var records: [BlockTable.Record] = []
  /// The block that may go on into the chunk.
  var carried: (head: PageFrame, record: BlockTable.Record)?

  /// Makes room for one.
  init() { records.reserveCapacity(FrameMap.bitCount) }
}

extension Ledger {
  /// The frames of all chunks up to the last one that is not absent; at least the capacity.
  var inhabited: PageCount { max(frames.pageCount, frames.inhabited) }

  /// Copies what is known of the first chunk that is not absent, from one on.
  ///
  /// - Returns: the chunk behind it, or nil where there is none.
  /// - Complexity: O(blocks of the chunk).
  func copy(from start: Int, to snapshot: inout ChunkSnapshot) -> Int? {
    guard let chunk = frames.firstInhabited(from: start) else { return nil }
    snapshot.first = PageFrame(chunk * Frames.chunkSize)
    (snapshot.used, snapshot.holes) = frames.maps(of: chunk)
    snapshot.records.removeAll(keepingCapacity: true)
    let (heads, carry) = blocks.heads(of: chunk)
    snapshot.heads = heads
    snapshot.carried = carry.flatMap { blocks.isHead($0) ? ($0, blocks.loadWord($0)) : nil }
    var bit = heads.firstMarked(from: 0)
    while bit < FrameMap.bitCount {
      snapshot.records.append(blocks.loadWord(snapshot.first + PageCount(bit)))
      bit = heads.firstMarked(from: bit + 1)
    }
    return chunk + 1
  }
}

extension Frames {
  /// The frames of all chunks up to the last one that is not absent.
  fileprivate var inhabited: PageCount {
    let last = chunkCount - 1
    let end = isAbsent(last) ? absent.run(endingWith: last).lowerBound : chunkCount
    return end == 0 ? 0 : frames(in: 0..<end).pageCount
  }

  /// The first chunk that is not absent, from one on.
  ///
  /// - Complexity: O(1) for a range of absent chunks; O(chunks) from inside of one.
  fileprivate func firstInhabited(from start: Int) -> Int? {
    var chunk = start
    while isAbsent(chunk) {
      // The first chunk of a range knows its end; inside, as where `start` has become absent since
      // the last call, one asks the next.
      chunk = isAbsent(chunk - 1) ? chunk + 1 : absent.run(startingAt: chunk).upperBound
    }
    return chunk < chunkCount ? chunk : nil
  }

  fileprivate func maps(of chunk: Int) -> (used: FrameMap, holes: FrameMap) {
    if chunks[chunk].state == .resident { return (chunks[chunk].used, chunks[chunk].holes) }
    var all = FrameMap()
    all.insert(0..<FrameMap.bitCount)
    return (all, all)
  }
}
