// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Layouts in a given order, and layouts that scatter.
@Suite struct LayoutTests {
  // MARK: In order

  @Test func runsStandAsTheyCome() {
    let layout = LaidOut(inOrder: [run(100, 5), run(3, 2), run(50, 1)])
    #expect(layout.pieces == [run(100, 5), run(3, 2), run(50, 1)])
    #expect(layout.pageCount == 8)
    #expect(layout.alignment == 1 && layout.phase == 0)
  }

  @Test func neighboursInOrderAreOnePiece() {
    let layout = LaidOut(inOrder: [run(100, 5), run(105, 2), run(98, 2), run(107, 1), run(108, 9)])
    #expect(layout.pieces == [run(100, 7), run(98, 2), run(107, 10)])
  }

  @Test func twoChunksAtTheStartAreCongruent() {
    let layout = LaidOut(inOrder: [run(700, 1000), run(1700, 24), run(0, 3)])
    #expect(layout.pieces == [run(700, 1024), run(0, 3)])
    #expect(layout.alignment == 512 && layout.phase == 188)
    #expect(LaidOut(inOrder: [run(700, 1023), run(0, 1024)]).alignment == 1)
  }

  @Test func noRunsAreNoPieces() {
    #expect(LaidOut(inOrder: []).pieces.isEmpty)
    #expect(LaidOut(congruent: []).pageCount == 0)
  }

  @Test(arguments: 0..<100)
  func theFramesKeepTheirOrder(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let runs = randomRuns(count: 1 + seed % 20, longest: 2000, using: &generator)
    let layout = LaidOut(inOrder: runs)
    #expect(framesInOrder(layout.pieces) == framesInOrder(runs))
    for (left, right) in zip(layout.pieces, layout.pieces.dropFirst()) {
      #expect(left.end != right.first)
    }
    if layout.alignment > 1 {
      #expect(layout.pieces.first.map { $0.first.rawValue % 512 } == layout.phase)
    }
  }

  // MARK: Scattered

  @Test func oddPiecesComeBeforeEvenOnes() {
    let layout = LaidOut(scattered: [run(10, 5)], pieceSize: 1)
    #expect(layout.pieces == [run(11, 1), run(13, 1), run(10, 1), run(12, 1), run(14, 1)])
  }

  @Test func neighboursAreMergedBeforeTheyAreCut() {
    let layout = LaidOut(scattered: [run(14, 3), run(10, 4)], pieceSize: 3, alignment: 16)
    #expect(layout.pieces == [run(13, 3), run(10, 3), run(16, 1)])
    #expect(layout.alignment == 16 && layout.phase == 0)
  }

  @Test(arguments: 0..<200)
  func nothingIsContiguousForMoreThanAPiece(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let runs = randomRuns(count: 1 + seed % 8, longest: 300, using: &generator)
    let total = frames(of: runs).count
    guard total > 1 else { return }
    let bound = Bool.random(using: &generator) ? total - 1 : min(4, total - 1)
    let pieceSize = Int.random(in: 1...bound, using: &generator)
    let alignment = 1 << Int.random(in: 0...12, using: &generator)
    let layout = LaidOut(
      scattered: runs, pieceSize: PageCount(pieceSize), alignment: PageCount(alignment))

    #expect(frames(of: layout.pieces) == frames(of: runs))
    #expect(layout.pieces.count > 1)
    #expect(layout.pieces.allSatisfy { 1...pieceSize ~= $0.pageCount.rawValue })
    for (left, right) in zip(layout.pieces, layout.pieces.dropFirst()) {
      #expect(left.end != right.first, "\(left) is followed by its neighbour")
    }
    #expect(layout.alignment == alignment && layout.phase == 0)
  }

  @Test func withoutNodesThePiecesAreLonger() {
    let runs = [run(10, 5), run(20, 2)]
    let uncut = LaidOut(scattered: runs, pieceSize: 1, spare: 0)
    #expect(uncut.pieces == [run(20, 2), run(10, 5)])
    let cut = LaidOut(scattered: runs, pieceSize: 1, spare: 2)
    #expect(cut.pieces == [run(11, 1), run(20, 2), run(10, 1), run(12, 3)])
  }
}
