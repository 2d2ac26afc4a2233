// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Disjoint runs of frames in random order; some are neighbours, some hold whole chunks.
func randomRuns(
  count: Int, longest: Int, using generator: inout SeededGenerator
) -> [FrameRun] {
  var runs: [FrameRun] = []
  var position = Int.random(in: 0..<1000, using: &generator)
  for _ in 0..<count {
    let isNeighbour = Int.random(in: 0..<4, using: &generator) == 0
    if !isNeighbour { position += Int.random(in: 1..<700, using: &generator) }
    // Now and then on a chunk's border, where mistakes by one would show.
    if Int.random(in: 0..<4, using: &generator) == 0 { position = (position + 511) / 512 * 512 }
    let length = Int.random(in: 1...longest, using: &generator)
    runs.append(FrameRun(first: PageFrame(position), pageCount: PageCount(length)))
    position += length
  }
  return runs.shuffled(using: &generator)
}

/// All frames of runs, in the order of the runs.
func framesInOrder(_ runs: [FrameRun]) -> [Int] {
  runs.flatMap { Array($0.first.rawValue..<$0.end.rawValue) }
}

/// All frames of runs, ascending.
func frames(of runs: [FrameRun]) -> [Int] { framesInOrder(runs).sorted() }

/// A run, written short.
func run(_ first: Int, _ count: Int) -> FrameRun {
  FrameRun(first: PageFrame(first), pageCount: PageCount(count))
}

extension RunTable {
  /// A list of runs, as many as there are nodes for.
  func list(_ runs: [FrameRun]) -> RunList {
    var list = RunList.empty
    for run in runs where !append(run, to: &list) { break }
    return list
  }

  /// The runs of a list, which is freed.
  func array(freeing list: RunList) -> [FrameRun] {
    validate(list)
    var list = list
    let runs = Array(elements(of: list))
    free(&list)
    return runs
  }
}

/// A layout with its pieces in an array.
struct LaidOut {
  let pieces: [FrameRun]
  let alignment: Int
  let phase: Int
  let pageCount: PageCount

  init(congruent runs: [FrameRun], alignment: PageCount = 1, spare: Int = 100_000) {
    self.init(runs, spare) { Layout(congruent: $0, alignment: alignment, in: $1) }
  }

  init(inOrder runs: [FrameRun]) {
    self.init(runs, 0) { Layout(inOrder: $0, in: $1) }
  }

  init(
    scattered runs: [FrameRun], pieceSize: PageCount, alignment: PageCount = 1,
    spare: Int = 100_000
  ) {
    self.init(runs, spare) {
      Layout(scattered: $0, pieceSize: pieceSize, alignment: alignment, in: $1)
    }
  }

  /// Lays runs out in a table that has `spare` nodes more, and checks that none is lost.
  private init(
    _ runs: [FrameRun], _ spare: Int, _ body: (RunList, borrowing RunTable) -> Layout
  ) {
    let capacity = max(1, runs.count + spare)
    guard let table = try? RunTable(capacity: capacity, system: OperatingSystem()) else {
      fatalError("no table of \(capacity) runs")
    }
    let layout = body(table.list(runs), table)
    alignment = layout.alignment
    phase = layout.phase
    pageCount = layout.pageCount
    pieces = table.array(freeing: layout.pieces)
    let unused = table.unusedCount
    #expect(unused == capacity)
  }
}
