// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// In which order the runs of a stitched block stand in its window, and where the window begins.
///
/// A huge page is mapped as one only where the address and the frame are *congruent*: equally
/// far behind a multiple of 2 MiB. That makes a window of whole chunks 20 to 80 times cheaper to
/// map, fill and unmap. So the whole chunks come first, on chunk borders of the window; the
/// short runs follow, longest first. Runs that are neighbours in the arena, in that order, stay
/// one mapping.
///
/// Pure arithmetic, without memory.
package struct Layout: Hashable, Sendable {
  /// The pieces in the order of their addresses; each becomes one mapping.
  package private(set) var pieces: [FrameRun]

  /// The window begins `phase` pages behind a multiple of this, a power of two.
  package private(set) var alignment = 1

  /// See `alignment`.
  package private(set) var phase = 0

  private static let chunkSize = PageCount.pagesPerChunk

  /// The pages of the window.
  package var pageCount: PageCount {
    pieces.reduce(0) { $0 + $1.pageCount }
  }

  /// Lays out runs for the fewest mappings and the most huge pages.
  ///
  /// - Parameters:
  ///   - runs: disjoint, in any order.
  ///   - alignment: what the block's address shall be a multiple of, in pages.
  package init(congruent runs: [FrameRun], alignment: PageCount = 1) {
    let merged = Layout.merge(runs)
    self.alignment = alignment.rawValue

    // The longest run with whole chunks leads. It keeps the frames before its first chunk, if
    // the window may begin that far behind a chunk border; the last one keeps those behind its
    // last chunk. All others are cut at the chunk borders.
    var whole = merged.filter { Layout.wholeChunks(of: $0) != nil }
    var short = merged.filter { Layout.wholeChunks(of: $0) == nil }
    whole.sort { $0.pageCount > $1.pageCount }
    pieces = []
    for (index, run) in whole.enumerated() {
      guard let chunks = Layout.wholeChunks(of: run) else { continue }
      var start = chunks.first
      var end = chunks.end
      if index == 0 {
        let phase = run.first.rawValue & (Layout.chunkSize - 1)
        if alignment.rawValue <= Layout.chunkSize, phase & (alignment.rawValue - 1) == 0 {
          start = run.first
          self.phase = phase
        }
        self.alignment = max(alignment.rawValue, Layout.chunkSize)
      }
      if index == whole.count - 1 { end = run.end }
      pieces.append(FrameRun(first: start, pageCount: end - start))
      if run.first < start { short.append(run.prefix(start - run.first)) }
      if end < run.end { short.append(FrameRun(first: end, pageCount: run.end - end)) }
    }
    short.sort { $0.pageCount > $1.pageCount }
    pieces += short
  }

  /// Lays out runs as they come, because they hold a block's contents in that order.
  package init(inOrder runs: [FrameRun]) {
    pieces = []
    for run in runs {
      if let last = pieces.last, last.end == run.first {
        pieces[pieces.count - 1] =
          FrameRun(first: last.first, pageCount: last.pageCount + run.pageCount)
      } else {
        pieces.append(run)
      }
    }
    if let first = pieces.first, first.pageCount.rawValue >= 2 * Layout.chunkSize {
      alignment = Layout.chunkSize
      phase = first.first.rawValue & (Layout.chunkSize - 1)
    }
  }

  /// Lays out runs so that nothing in the block is contiguous for more than `pieceSize` pages:
  /// what FALLBACK_ALWAYS asks for.
  ///
  /// The runs are cut into pieces; first come the pieces with odd numbers, then those with even
  /// ones, so that no piece is followed by its neighbour.
  ///
  /// - Parameters:
  ///   - runs: disjoint, of more than `pieceSize` pages together.
  ///   - pieceSize: the longest piece, at least 1.
  ///   - alignment: what the block's address shall be a multiple of, in pages.
  package init(scattered runs: [FrameRun], pieceSize: PageCount, alignment: PageCount = 1) {
    var all: [FrameRun] = []
    for run in Layout.merge(runs) {
      var rest = run
      while rest.pageCount > 0 {
        let piece = rest.prefix(min(rest.pageCount, pieceSize))
        all.append(piece)
        rest = rest.dropping(piece.pageCount)
      }
    }
    let odd = stride(from: 1, to: all.count, by: 2).map { all[$0] }
    let even = stride(from: 0, to: all.count, by: 2).map { all[$0] }
    pieces = odd + even
    self.alignment = alignment.rawValue
  }

  /// The runs in the order of their frames, neighbours made one.
  static func merge(_ runs: [FrameRun]) -> [FrameRun] {
    Layout(inOrder: runs.sorted { $0.first < $1.first }).pieces
  }

  /// The whole chunks inside a run, or nil.
  static func wholeChunks(of run: FrameRun) -> FrameRun? {
    let start = (run.first.rawValue + chunkSize - 1) & ~(chunkSize - 1)
    let end = run.end.rawValue & ~(chunkSize - 1)
    guard start < end else { return nil }
    return FrameRun(first: Frame(start), pageCount: PageCount(end - start))
  }
}
