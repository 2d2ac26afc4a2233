// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Layouts for the fewest mappings and the most huge pages.
@Suite struct LayoutCongruentTests {
  /// The whole chunks in a run.
  private func wholeChunks(_ run: FrameRun) -> Int {
    max(0, run.end.rawValue / 512 - (run.first.rawValue + 511) / 512)
  }

  @Test func aRunWithoutAWholeChunkBeginsAnywhere() {
    let layout = LaidOut(congruent: [run(1, 1022)])
    #expect(layout.pieces == [run(1, 1022)])
    #expect(layout.alignment == 1 && layout.phase == 0)
  }

  @Test func aRunWithAWholeChunkIsCongruent() {
    let layout = LaidOut(congruent: [run(500, 600)])
    #expect(layout.pieces == [run(500, 600)])
    #expect(layout.alignment == 512 && layout.phase == 500)
  }

  @Test func neighboursAreMergedIntoAWholeChunk() {
    let layout = LaidOut(congruent: [run(700, 400), run(500, 200)])
    #expect(layout.pieces == [run(500, 600)])
    #expect(layout.phase == 500)
  }

  @Test func theFirstRunKeepsItsHeadAndTheLastItsTail() {
    // 500 ..< 2500 holds chunks 1 ..< 4; 5000 ..< 6200 chunks 10 and 11; 10000 ..< 10800 chunk 20.
    let layout = LaidOut(congruent: [run(10_000, 800), run(500, 2000), run(5000, 1200)])
    #expect(
      layout.pieces == [
        run(500, 1548), run(5120, 1024), run(10_240, 560),
        run(2048, 452), run(10_000, 240), run(5000, 120), run(6144, 56),
      ])
    #expect(layout.alignment == 512 && layout.phase == 500)
  }

  @Test func anAlignedBlockGivesUpTheHeadOfItsFirstRun() {
    let layout = LaidOut(congruent: [run(500, 600)], alignment: 8)
    #expect(layout.pieces == [run(512, 588), run(500, 12)])
    #expect(layout.alignment == 512 && layout.phase == 0)
    let aligned = LaidOut(congruent: [run(496, 604)], alignment: 8)
    #expect(aligned.pieces == [run(496, 604)])
    #expect(aligned.phase == 496)
  }

  @Test func anAlignmentOverAChunkIsKept() {
    let layout = LaidOut(congruent: [run(512, 512), run(5000, 3)], alignment: 4096)
    #expect(layout.alignment == 4096 && layout.phase == 0)
    #expect(layout.pieces == [run(512, 512), run(5000, 3)])
  }

  @Test func shortRunsComeLongestFirst() {
    let layout = LaidOut(congruent: [run(0, 3), run(10, 9), run(30, 5)])
    #expect(layout.pieces == [run(10, 9), run(30, 5), run(0, 3)])
  }

  @Test(arguments: 0..<400)
  func randomRunsKeepAllThatIsPromised(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let count = Int.random(in: 1...12, using: &generator)
    let longest = [5, 600, 4000][seed % 3]
    let runs = randomRuns(count: count, longest: longest, using: &generator)
    let alignment = seed % 2 == 0 ? 1 : 1 << Int.random(in: 0...12, using: &generator)
    let layout = LaidOut(congruent: runs, alignment: PageCount(alignment))

    #expect(frames(of: layout.pieces) == frames(of: runs))
    #expect(layout.pageCount.rawValue == frames(of: runs).count)

    // The block begins on a multiple of what was asked for.
    #expect(layout.alignment.nonzeroBitCount == 1 && layout.alignment >= alignment)
    #expect(0 <= layout.phase && layout.phase < layout.alignment)
    #expect(layout.phase % alignment == 0)

    // Every whole chunk of the merged runs can be one huge page.
    var page = layout.phase
    var chunks = 0
    for piece in layout.pieces {
      if wholeChunks(piece) > 0 {
        #expect(layout.alignment >= 512)
        #expect(page % 512 == piece.first.rawValue % 512, "\(piece) in \(layout)")
        chunks += wholeChunks(piece)
      }
      page += piece.pageCount.rawValue
    }
    let merged = LaidOut(inOrder: runs.sorted { $0.first < $1.first }).pieces
    #expect(chunks == merged.reduce(0) { $0 + wholeChunks($1) })

    // Whole chunks first, the rest longest first, neighbours one piece.
    let isWhole = layout.pieces.map { wholeChunks($0) > 0 }
    let wholes = isWhole.prefix { $0 }.count
    #expect(!isWhole.dropFirst(wholes).contains(true))
    let short = layout.pieces.dropFirst(wholes).map(\.pageCount)
    #expect(short == short.sorted(by: >))
    for (left, right) in zip(layout.pieces, layout.pieces.dropFirst()) {
      #expect(left.end != right.first, "\(left) and \(right) are neighbours")
    }
    // At most two cuts a run that holds whole chunks.
    #expect(layout.pieces.count <= merged.count + 2 * wholes)
  }

  // MARK: Without nodes

  @Test func whatCannotBeCutOffStaysInItsRun() {
    let runs = [run(10_000, 800), run(500, 2000), run(5000, 1200)]
    // Without a node more, only the order changes.
    let uncut = LaidOut(congruent: runs, spare: 0)
    #expect(uncut.pieces == [run(500, 2000), run(5000, 1200), run(10_000, 800)])
    #expect(uncut.alignment == 512 && uncut.phase == 500)
    // The first node serves the first cut.
    let once = LaidOut(congruent: runs, spare: 1)
    #expect(once.pieces == [run(500, 1548), run(5000, 1200), run(10_000, 800), run(2048, 452)])
  }

  @Test(arguments: 0..<60)
  func noFrameIsLostWithoutNodes(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let runs = randomRuns(count: 1 + seed % 12, longest: 4000, using: &generator)
    let alignment = 1 << Int.random(in: 0...12, using: &generator)
    let layout = LaidOut(congruent: runs, alignment: PageCount(alignment), spare: seed % 4)
    #expect(frames(of: layout.pieces) == frames(of: runs))
    #expect(layout.pieces.count <= runs.count + seed % 4)
    #expect(layout.alignment >= alignment && layout.phase % alignment == 0)
  }
}
