// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// LLFree's test for fragmentation (Wrenger et al., USENIX ATC 2023): whether an allocator, left
/// alone with random frees, gathers its free pages in whole chunks again.
///
/// The arena is filled with single pages, half of them are freed at random; then, round by round,
/// a tenth of those alive is freed at random and as many are taken again.
package struct FragProtocol: ~Copyable {
  /// The bytes of a chunk.
  package static let chunkSize = PageOrder.chunk.pageCount.byteCount.rawValue

  private let source: CompoundSource
  private var generator: SplitMix64
  private var pages: BenchBlocks<CompoundSource>

  /// Opens an arena and fills it.
  ///
  /// - Parameters:
  ///   - byteCount: the arena's capacity, a multiple of 2 MiB.
  ///   - seed: of all random choices.
  /// - Throws: a failure where it cannot be opened or filled.
  package init(byteCount: Int, seed: UInt64) throws(CommandFailure) {
    let source = try CompoundSource(capacity: byteCount)
    var pages = BenchBlocks(source, byteCount: LivePeak.pageSize)
    try pages.take(byteCount / LivePeak.pageSize)
    self.source = source
    self.pages = pages
    generator = SplitMix64(seed: seed)
  }

  /// The pages that are alive.
  package var livePages: Int { pages.count }

  /// Frees half of the pages, chosen at random.
  package mutating func freeHalf() {
    pages.free(pages.count / 2, using: &generator)
  }

  /// Frees a tenth of the pages, chosen at random, and takes as many again.
  package mutating func round() throws(CommandFailure) {
    let count = pages.count / 10
    pages.free(count, using: &generator)
    try pages.take(count)
  }

  /// The chunks of which no page is in use, what the allocator keeps for its threads counted as
  /// free: it is given up before the chunks are counted.
  package var wholeChunks: Int {
    source.allocator.drain()
    return source.allocator.availability(order: .chunk).alignedBlocks
  }
}
