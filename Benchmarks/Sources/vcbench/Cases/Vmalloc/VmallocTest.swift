// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases of Linux's `lib/test_vmalloc.c` that make sense for any allocator, by their names
/// there.
package enum VmallocTest: String, CaseIterable, Sendable {
  case fixSize = "fix_size_alloc_test"
  case fullFit = "full_fit_alloc_test"
  case longBusyList = "long_busy_list_alloc_test"
  case randomSize = "random_size_alloc_test"
  case fixAlign = "fix_align_alloc_test"
  case randomSizeAlign = "random_size_align_alloc_test"

  /// The arena's capacity, in bytes: plenty for all of them.
  package static let capacity = 256 << 20

  /// The blocks of one page that are held while `long_busy_list_alloc_test` runs.
  package static let busyBlocks = 15_000

  /// The pairs of pages that `full_fit_alloc_test` begins with: 32 MiB of pages for each bit of
  /// the number of processors.
  package static func pairCount(processors: Int) -> Int {
    (Int.bitWidth - processors.leadingZeroBitCount) * (32 << 20) / LivePeak.pageSize
  }

  /// What it does, in half a line.
  package var summary: String {
    switch self {
    case .fixSize: "1 page"
    case .fullFit: "1 page, among holes of one page"
    case .longBusyList: "100 pages and 1 page, beside 15,000 pages in use"
    case .randomSize: "1 to 100 pages"
    case .fixAlign: "5 pages at 32 KiB, zeroed"
    case .randomSizeAlign: "1 to 10 pages at 1 byte to 4 MiB, zeroed"
    }
  }

  /// The case for the catalogue.
  package var benchCase: BenchCase {
    BenchCase(rawValue, .vmalloc, summary) { (context) throws(CommandFailure) in
      let seed = context.options.seed
      let processors = HostFacts.current().cpus
      var compound = try VmallocRun(
        self, CompoundSource(capacity: VmallocTest.capacity), seed: seed, processors: processors)
      var mapping = try VmallocRun(self, MappingSource(), seed: seed, processors: processors)
      let figures = try Rounds.alternate(
        rawValue, rounds: context.options.rounds, contenders: 2
      ) { (contender, _) throws(CommandFailure) in
        let budget = context.budget
        let lap =
          contender == 0 ? try compound.measure(for: budget) : try mapping.measure(for: budget)
        return lap.nanosecondsPerOperation
      }
      var rows = [
        BenchRow(Peer.compoundName, .nanoseconds, figures[0]),
        BenchRow("mmap, munmap", .nanoseconds, figures[1]),
      ]
      for index in rows.indices { rows[index].compare(with: rows[1]) }
      return BenchResult(rows)
    }
  }
}
