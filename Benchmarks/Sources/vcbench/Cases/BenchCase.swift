// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Cases that are shown in one table.
package enum BenchGroup: String, CaseIterable, Sendable {
  case warm
  case threads
  case batch
  case allocfree
  case allocfreeThreads
  case stitch
  case exchange
  case use
  case mixed
  case bursts
  case handed
  case churn
  case vmalloc
  case fleetbench
  case frag
  case arenas
  case pages
  case objects
  case pools
  case cross
  case soak

  /// The line above the table.
  package var title: String {
    switch self {
    case .warm: "Allocate and free one size, untouched, warm, one thread; each pair"
    case .threads: "The same on one thread and on two; pairs in a second, all threads together"
    case .allocfree: "Allocate and free one size, naturally aligned, untouched; each pair"
    case .allocfreeThreads:
      "The same on one thread and on two; pairs in a second, all threads together"
    case .batch: "Allocate 64 blocks of mixed sizes, free them in another order; each block"
    case .stitch: "Stitch one block from runs of one length, and free it; the floor is the kernel"
    case .exchange:
      "One block out of scattered pages, exchanged; and again after it was freed; each page"
    case .use: "Use of 64 MiB, 8 bytes at a time, contiguous and stitched; each access"
    case .mixed: "All sizes of programs in steady state, every page touched; each event"
    case .bursts: "Bursts of blocks of one size, then of the next, every page touched; each block"
    case .handed:
      "Blocks of mixed sizes freed by another thread; processor time for each block"
    case .churn: "Values put into a full cache of 100 bytes to 4 MiB, every page touched; each"
    case .vmalloc:
      "The cases of Linux's test_vmalloc, as many loops as there is time for; each loop"
    case .fleetbench: "Steady states of data-centre programs, every page touched; each event"
    case .frag: "LLFree's fragmentation protocol; wholly free chunks of 2 MiB"
    case .arenas: "Small use of large arenas, untouched; each pair"
    case .pages: "Take pages of 4 KiB and free them, in bulk and one by one, untouched; each page"
    case .pools: "The paths of a page pool on one thread, untouched; each page"
    case .objects: "Objects that are made once, taken again and again; each taken and let go of"
    case .cross:
      "Pages put back by other threads; processor time for each page, on either side"
    case .soak: "Random holders, slow consumers, pools closed early"
    }
  }

  /// What the last column divides by, as its heading.
  package var ratioHeading: String {
    switch self {
    case .warm, .batch, .allocfree, .mixed, .bursts, .handed, .churn, .fleetbench:
      "/ fastest peer"
    case .threads, .allocfreeThreads: "/ one thread"
    case .stitch, .exchange: "/ floor"
    case .use: "/ contiguous"
    case .vmalloc: "/ mmap"
    case .frag: "/ before"
    case .arenas: "/ fastest"
    case .pages, .pools: "/ frames"
    case .objects: "/ bytes alone"
    case .cross: "/ 1 returner"
    case .soak: ""
    }
  }
}

/// What cases need to know.
package struct BenchContext: Sendable {
  /// What the command line asks for.
  package let options: BenchOptions
  /// The mallocs to compare with.
  package let peers: [Peer]

  /// Makes a context.
  package init(options: BenchOptions, peers: [Peer]) {
    self.options = options
    self.peers = peers
  }

  /// The time of one measurement.
  package var budget: UInt64 { options.nanoseconds }
}

/// One thing to measure.
package struct BenchCase: Sendable {
  /// The name on the command line.
  package let name: String
  /// The table it is shown in.
  package let group: BenchGroup
  /// What it does, in half a line.
  package let summary: String
  /// Whether other mallocs take part.
  package let needsPeers: Bool
  /// Measures it.
  package let run: @Sendable (BenchContext) throws(CommandFailure) -> BenchResult

  /// Makes a case.
  package init(
    _ name: String, _ group: BenchGroup, _ summary: String, needsPeers: Bool = false,
    run: @escaping @Sendable (BenchContext) throws(CommandFailure) -> BenchResult
  ) {
    self.name = name
    self.group = group
    self.summary = summary
    self.needsPeers = needsPeers
    self.run = run
  }

  /// A size in a name: `64KiB`.
  package static func word(_ byteCount: Int) -> String {
    Format.size(byteCount).filter { $0 != " " }
  }
}
