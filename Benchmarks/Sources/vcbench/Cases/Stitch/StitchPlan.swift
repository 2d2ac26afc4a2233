// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Which frames are free in an arena that holds runs of one length only.
package struct StitchPlan: Equatable, Sendable {
  /// The length of every free run, in pages.
  package let run: Int
  /// The pages of a block.
  package let blockPages: Int
  /// How many blocks there is room for.
  package let blocks: Int

  /// Plans runs of `run` pages, at least one and at most a chunk, for so many blocks of
  /// `blockPages`.
  package init(run: Int, blockPages: Int, blocks: Int = 2) {
    precondition((1...PageCount.chunkPages).contains(run), "runs have 1 ... 512 pages")
    self.run = run
    self.blockPages = blockPages
    self.blocks = blocks
  }

  /// What is measured: a block of 4 MiB, and one of 16 MiB from the longest runs.
  package static let all =
    [1, 2, 4, 8, 16, 64, 512].map { StitchPlan(run: $0, blockPages: 1024) }
    + [StitchPlan(run: 512, blockPages: 4096)]

  /// The size of a block in bytes.
  package var byteCount: Int { blockPages * LivePeak.pageSize }

  /// The runs that a block needs.
  package var runsOfBlock: Int { (blockPages + run - 1) / run }

  /// From one run to the next: a page between them, or, so that whole runs are whole chunks, a
  /// chunk.
  private var period: Int { run == PageCount.chunkPages ? 2 * run : run + 1 }

  /// The first frame of a free run.
  package func firstFrame(ofRun number: Int) -> Int { number * period }

  /// The free runs.
  package var freeRuns: Int { blocks * runsOfBlock }

  /// The pages of the arena: whole chunks.
  package var pageCount: Int {
    let chunk = PageCount.chunkPages
    return (freeRuns * period + chunk - 1) / chunk * chunk
  }

  /// Whether a frame is free.
  package func isFree(_ frame: Int) -> Bool {
    (0..<freeRuns * period).contains(frame) && frame % period < run
  }
}

extension PageCount {
  /// The pages of a chunk.
  static var chunkPages: Int { PageOrder.chunk.pageCount.rawValue }
}
