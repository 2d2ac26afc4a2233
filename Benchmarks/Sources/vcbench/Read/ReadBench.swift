// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// One way with the memory that it takes pages from, for all of its measurements.
package struct ReadBench: Sendable {
  /// Where pages come from.
  private enum Memory {
    /// Each measurement has a pool of its own for each reader.
    case pools(CompoundAllocator)
    case bulk(BulkPageSource)
    case frames(FramePageSource)
    case malloc(MallocPageSource)
  }

  /// The way.
  package let way: PageWay
  private let options: ReadOptions
  private let memory: Memory
  /// The most pages that are out at once.
  private let inFlight: Int

  /// Opens an arena that is large enough for all requests in flight and what pools keep.
  ///
  /// - Parameters:
  ///   - way: one of those for `read`, or the program stops.
  ///   - options: what is asked for.
  /// - Throws: a failure where there is too little memory for it.
  package init(_ way: PageWay, _ options: ReadOptions) throws(CommandFailure) {
    self.way = way
    self.options = options
    inFlight = options.depth * options.pages
    try MachineMemory().check(
      inFlight * LivePeak.pageSize, for: "read: the requests in flight",
      "choose a smaller --depth or --pages")
    let pages = 4096 + inFlight * (1 + 2 * options.readers)
    switch way {
    case .pool: memory = .pools(try CompoundAllocator.forPages(pages, hasMagazines: true))
    case .bulk: memory = .bulk(try BulkPageSource(pages: pages))
    case .frames: memory = .frames(try FramePageSource(pages: pages))
    case .malloc: memory = .malloc(MallocPageSource(pages: pages))
    case .ring: preconditionFailure("the pages of a bare ring come back from one thread")
    }
  }

  /// Takes one measurement.
  package func measure(_ job: ReadJob) throws(CommandFailure) -> ReadRound {
    switch memory {
    case .pools(let allocator): try runPools(job, allocator)
    case .bulk(let source): try run(BulkPages.self, job, source)
    case .frames(let source): try run(SinglePages<FramePage>.self, job, source)
    case .malloc(let source): try runMalloc(job, source)
    }
  }

  private func runMalloc(
    _ job: ReadJob, _ source: MallocPageSource
  ) throws(CommandFailure) -> ReadRound {
    var round = try run(SinglePages<MallocPage>.self, job, source)
    // It does not tell what is out.
    note(PagesOut(pages: round.taken - round.pages), &round)
    return round
  }

  private func runPools(
    _ job: ReadJob, _ allocator: CompoundAllocator
  ) throws(CommandFailure) -> ReadRound {
    var pools: [PagePoolSource] = []
    // Twice what may be out is kept: a share of it is for the cache of the reader alone, and when
    // all come back at once the rest should have room for them.
    for _ in 0..<options.readers {
      pools.append(try PagePoolSource(allocator, pages: inFlight, kept: 2 * inFlight))
    }
    var round = try run(SinglePages<PooledPage>.self, job, sources: pools)
    round.pools = pools.compactMap(\.statistics)
    round.fromBelow = round.pools.reduce(0) { $0 + $1.slow }
    if round.taken > 0 {
      round.recyclingRate = max(0, 1 - Double(round.fromBelow) / Double(round.taken))
    }
    let out = pools.reduce(0) { $0 + $1.close() }
    note(PagesOut(allocator, atLeast: out), &round)
    return round
  }

  /// Measures with one source for all readers.
  private func run<Pages: ReadPages & ~Copyable>(
    _ type: Pages.Type, _ job: ReadJob, _ source: Pages.Source
  ) throws(CommandFailure) -> ReadRound {
    let sources = Array(repeating: source, count: options.readers)
    var round = try run(type, job, sources: sources)
    note(source.settle(), &round)
    return round
  }

  private func run<Pages: ReadPages & ~Copyable>(
    _ type: Pages.Type, _ job: ReadJob, sources: [Pages.Source]
  ) throws(CommandFailure) -> ReadRound {
    let start = Clock.now()
    let pipeline = ReadPipeline<Pages>(job, options, sources)
    let tally = try pipeline.run()
    let time = Clock.now() - start
    return try ReadRound(tally, nanoseconds: time, pipeline.hashes.hash, way, job)
  }

  private func note(_ out: PagesOut, _ round: inout ReadRound) {
    if !out.isNone { round.violations.append("read: \(way.summary): \(out)") }
  }
}
