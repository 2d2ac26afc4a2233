// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// One way with the memory that it takes pages from, for all of its measurements.
package struct ReadBench: Sendable {
  /// The way.
  package let way: PageWayName
  private let options: ReadOptions
  /// Nil for malloc.
  private let allocator: CompoundAllocator?

  /// Opens an arena that is large enough for all requests in flight and what pools keep.
  package init(_ way: PageWayName, _ options: ReadOptions) throws(CommandFailure) {
    self.way = way
    self.options = options
    let inFlight = options.depth * options.pages
    try MachineMemory().check(
      inFlight * LivePeak.pageSize, for: "read: the requests in flight",
      "choose a smaller --depth or --pages")
    allocator =
      way == .malloc
      ? nil
      : try CompoundAllocator.forPages(
        4096 + inFlight * (1 + 2 * options.readers), hasMagazines: way != .frames)
  }

  /// Takes one measurement.
  package func measure(_ job: ReadJob) throws(CommandFailure) -> ReadRound {
    guard let allocator else { return try run(SinglePages<MallocPage>.self, job, ()) }
    var round: ReadRound
    switch way {
    case .pool: round = try runPools(job, allocator)
    case .bulk: round = try run(BulkPages.self, job, allocator)
    case .frames, .malloc: round = try run(SinglePages<CompoundBuffer>.self, job, allocator)
    }
    let statistics = allocator.statistics
    // An empty slab may stay for the next small block.
    if statistics.liveBlocks != 0 || statistics.live != statistics.slabs {
      round.violations.append(
        "read: \(way.summary): \(Format.count(statistics.liveBlocks, "page")) did not come back")
    }
    return round
  }

  private func runPools(
    _ job: ReadJob, _ allocator: CompoundAllocator
  ) throws(CommandFailure) -> ReadRound {
    var pools: [ReadPool] = []
    for _ in 0..<options.readers {
      pools.append(try ReadPool(allocator, inFlight: options.depth * options.pages))
    }
    var round = try run(SinglePages<PooledPage>.self, job, sources: pools)
    round.pools = pools.compactMap(\.statistics)
    round.fromBelow = round.pools.reduce(0) { $0 + $1.slow }
    if round.taken > 0 {
      round.recyclingRate = max(0, 1 - Double(round.fromBelow) / Double(round.taken))
    }
    for holder in pools.flatMap({ $0.close() }) {
      round.violations.append("read: \(way.summary): \(holder) did not come back")
    }
    return round
  }

  private func run<Pages: ReadPages & ~Copyable>(
    _ type: Pages.Type, _ job: ReadJob, _ source: Pages.Source
  ) throws(CommandFailure) -> ReadRound {
    try run(type, job, sources: Array(repeating: source, count: options.readers))
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
}
