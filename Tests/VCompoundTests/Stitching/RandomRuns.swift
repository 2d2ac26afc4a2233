// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

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
    runs.append(FrameRun(first: Frame(position), pageCount: PageCount(length)))
    position += length
  }
  return runs.shuffled(using: &generator)
}

/// All frames of runs, ascending.
func frames(of runs: [FrameRun]) -> [Int] {
  runs.flatMap { Array($0.first.rawValue..<$0.end.rawValue) }.sorted()
}

/// A run, written short.
func run(_ first: Int, _ count: Int) -> FrameRun {
  FrameRun(first: Frame(first), pageCount: PageCount(count))
}
