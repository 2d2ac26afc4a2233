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
/// Pure arithmetic. The pieces stand in the nodes of the runs, which the layout takes over; cutting
/// a run takes a node more. Where there is none left the run stays whole: that costs huge pages, or
/// leaves a longer piece, but nothing fails.
package struct Layout: BitwiseCopyable, Sendable {
  /// The pieces in the order of their addresses; each becomes one mapping.
  ///
  /// The owner of the layout owns the list.
  package var pieces = RunList.empty

  /// The window begins `phase` pages behind a multiple of this, a power of two.
  package private(set) var alignment = 1

  /// See `alignment`.
  package private(set) var phase = 0

  private static let chunkSize = PageCount.pagesPerChunk

  /// The pages of the window.
  package var pageCount: PageCount { pieces.pageCount }

  /// Lays out runs for the fewest mappings and the most huge pages.
  ///
  /// - Parameters:
  ///   - runs: disjoint, in any order; the list becomes the layout's.
  ///   - alignment: what the block's address shall be a multiple of, in pages.
  ///   - table: where the list has its nodes.
  /// - Complexity: O(runs · log runs).
  package init(
    congruent runs: consuming RunList, alignment: PageCount = 1, in table: borrowing RunTable
  ) {
    self.alignment = alignment.rawValue
    Layout.merge(&runs, in: table)
    var (whole, short) = (RunList.empty, RunList.empty)
    while let run = table.first(of: runs) {
      let single = table.takeFirst(1, of: &runs)
      if Layout.wholeChunks(of: run) == nil {
        table.append(list: single, to: &short)
      } else {
        table.append(list: single, to: &whole)
      }
    }
    table.sort(&whole) { $0.pageCount > $1.pageCount }

    // The longest run with whole chunks leads. It keeps the frames before its first chunk, if
    // the window may begin that far behind a chunk border; the last one keeps those behind its
    // last chunk. All others are cut at the chunk borders.
    while let run = table.first(of: whole), let chunks = Layout.wholeChunks(of: run) {
      var (start, end) = (chunks.first, chunks.end)
      if pieces.count == 0 {
        let phase = run.first.rawValue & (Layout.chunkSize - 1)
        if alignment.rawValue <= Layout.chunkSize, phase & (alignment.rawValue - 1) == 0 {
          start = run.first
          self.phase = phase
        }
        self.alignment = max(alignment.rawValue, Layout.chunkSize)
      }
      let single = table.takeFirst(1, of: &whole)
      if whole.count == 0 { end = run.end }
      if run.first < start, !table.append(run.prefix(start - run.first), to: &short) {
        start = run.first
      }
      if end < run.end, !table.append(run.dropping(end - run.first), to: &short) { end = run.end }
      let piece = FrameRun(first: start, pageCount: end - start)
      table.append(list: table.replace(single, with: piece), to: &pieces)
    }
    table.sort(&short) { $0.pageCount > $1.pageCount }
    table.append(list: short, to: &pieces)
  }

  /// Lays out runs as they come, because they hold a block's contents in that order.
  ///
  /// - Parameters:
  ///   - runs: disjoint; the list becomes the layout's.
  ///   - table: where the list has its nodes.
  /// - Complexity: O(runs).
  package init(inOrder runs: consuming RunList, in table: borrowing RunTable) {
    table.mergeNeighbours(of: &runs)
    pieces = runs
    if let first = table.first(of: pieces), first.pageCount.rawValue >= 2 * Layout.chunkSize {
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
  ///   - runs: disjoint, of more than `pieceSize` pages together; the list becomes the layout's.
  ///   - pieceSize: the longest piece, at least 1.
  ///   - alignment: what the block's address shall be a multiple of, in pages.
  ///   - table: where the list has its nodes.
  /// - Complexity: O(pieces + runs · log runs).
  package init(
    scattered runs: consuming RunList, pieceSize: PageCount, alignment: PageCount = 1,
    in table: borrowing RunTable
  ) {
    self.alignment = alignment.rawValue
    Layout.merge(&runs, in: table)
    // The list that the next piece goes to, and the other one.
    var (next, other) = (RunList.empty, RunList.empty)
    var isEven = true
    while var rest = table.first(of: runs) {
      let single = table.takeFirst(1, of: &runs)
      while rest.pageCount > pieceSize, table.append(rest.prefix(pieceSize), to: &next) {
        rest = rest.dropping(pieceSize)
        swap(&next, &other)
        isEven.toggle()
      }
      table.append(list: table.replace(single, with: rest), to: &next)
      swap(&next, &other)
      isEven.toggle()
    }
    pieces = isEven ? other : next
    table.append(list: isEven ? next : other, to: &pieces)
  }

  /// Puts runs in the order of their frames, and makes neighbours one.
  private static func merge(_ runs: inout RunList, in table: borrowing RunTable) {
    table.sort(&runs) { $0.first < $1.first }
    table.mergeNeighbours(of: &runs)
  }

  /// The whole chunks inside a run, or nil.
  private static func wholeChunks(of run: FrameRun) -> FrameRun? {
    let start = (run.first.rawValue + chunkSize - 1) & ~(chunkSize - 1)
    let end = run.end.rawValue & ~(chunkSize - 1)
    guard start < end else { return nil }
    return FrameRun(first: PageFrame(start), pageCount: PageCount(end - start))
  }
}
