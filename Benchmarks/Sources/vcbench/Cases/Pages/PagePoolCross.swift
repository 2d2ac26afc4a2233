// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import VCompound

/// One thread takes pages, others put them back, as in Linux's bench_page_pool_cross_cpu.
///
/// Returners are measured by the processor time of the calls in which they let go of pages, in
/// batches of 64, so that waiting for pages, or for a processor, does not count.
enum PagePoolCross {
  /// The pages on their way to each returner.
  private static let ringCapacity = 1024

  /// The pages that a returner lets go of between two looks at its clock.
  private static let batch = 64

  private enum Contender: String, CaseIterable {
    case pool = "page pool"
    case bulk = "page pool, in bulk"
    case locked = "one list behind a lock"
    case frames = "VCompound, frames"
    case magazines = "VCompound, magazines"
    case malloc = "glibc"
  }

  /// The case with so many returners.
  static func benchCase(_ returners: Int) -> BenchCase {
    let name = "page_pool.cross.\(returners)"
    let who = Format.count(returners, "other thread")
    return BenchCase(
      name, .cross, "one thread takes pages, \(who) put them back"
    ) { (context) throws(CommandFailure) in
      // With one returner, measured in the same rounds, beside it.
      let counts = returners == 1 ? [1] : [returners, 1]
      let contenders = Contender.allCases
      let figures = try Rounds.alternate(
        name, rounds: context.options.rounds, contenders: contenders.count * counts.count
      ) { (index, _) throws(CommandFailure) in
        try measure(
          contenders[index % contenders.count], counts[index / contenders.count], context.budget)
      }
      var rows: [BenchRow] = []
      for (index, contender) in contenders.enumerated() {
        var back = BenchRow(
          contender.rawValue + ": back", .nanoseconds, figures[index].map(\.returnNanoseconds))
        if counts.count > 1 {
          let alone = figures[index + contenders.count].map(\.returnNanoseconds)
          back.compare(with: BenchRow("", .nanoseconds, alone))
        }
        rows.append(back)
        rows.append(
          BenchRow("  consumer", .nanoseconds, figures[index].map(\.consumerNanoseconds)))
      }
      return BenchResult(rows)
    }
  }

  /// Processor time for a page.
  private struct Figures: Sendable {
    var returnNanoseconds = 0.0
    var consumerNanoseconds = 0.0
  }

  private static func measure(
    _ contender: Contender, _ returners: Int, _ budget: UInt64
  ) throws(CommandFailure) -> Figures {
    let pages = returners * (ringCapacity + 2 * batch) + 1024
    return switch contender {
    case .pool: try run(PooledPage.self, pool(pages), returners, budget)
    case .bulk: try run(BulkPooledPage.self, pool(pages), returners, budget)
    case .locked: try run(LockedPage.self, LockedPageSource(pages: pages), returners, budget)
    case .frames: try run(FramePage.self, FramePageSource(pages: pages), returners, budget)
    case .magazines:
      try run(
        FramePage.self, FramePageSource(pages: pages, hasMagazines: true), returners, budget)
    case .malloc: try run(MallocPage.self, MallocPageSource(pages: pages), returners, budget)
    }
  }

  /// A pool that keeps half of the pages that may be out.
  private static func pool(_ pages: Int) throws(CommandFailure) -> PagePoolSource {
    try PagePoolSource(pages: pages, kept: pages / 2)
  }

  private static func run<Page: SourcePage & ~Copyable>(
    _ page: Page.Type, _ source: Page.Source, _ returners: Int, _ budget: UInt64
  ) throws(CommandFailure) -> Figures {
    let rings = (0..<returners).map { _ in Ring<Page>(capacity: ringCapacity) }
    let board = Board()
    var figures = Figures()
    var taken = 0
    do {
      let threads = try BenchThreads(returners) { index in
        let (pages, nanoseconds) = putBack(rings[index], to: source)
        board.sum.withLock { sum in
          sum.pages += pages
          sum.nanoseconds += nanoseconds
        }
      }
      defer { for ring in rings { ring.close() } }
      // One by one, as the kernel's consumer: in batches the threads would meet less often. A rack
      // of one costs the pool some nanoseconds more than the others: it is taken out of its source
      // and put back for each page.
      var rack = PageRack<Page>(capacity: 1)
      let end = Clock.now() + budget
      let start = ThreadClock.now()
      while Clock.now() < end {
        for _ in 0..<256 {
          try rack.fill(from: source)
          guard let page = rack.takeFirst() else { continue }
          taken += 1
          let ring = rings[taken % returners]
          // As in the kernel's benchmark, the consumer puts it back where the queue is full.
          if !ring.isFull { ring.send(page) }
        }
      }
      figures.consumerNanoseconds = Double(ThreadClock.now() - start) / Double(taken)
      for ring in rings { ring.close() }
      threads.keep()
    }
    let sum = board.sum.withLock { $0 }
    figures.returnNanoseconds = Double(sum.nanoseconds) / Double(max(1, sum.pages))
    let out = source.settle()
    guard out.isNone else { throw .input("page_pool.cross: \(out)") }
    return figures
  }

  /// What the returners did.
  private final class Board: Sendable {
    let sum = Mutex((pages: 0, nanoseconds: UInt64(0)))
  }

  /// Puts back what comes, until nothing more does.
  private static func putBack<Page: SourcePage & ~Copyable>(
    _ ring: Ring<Page>, to source: Page.Source
  ) -> (pages: Int, nanoseconds: UInt64) {
    var rack = PageRack<Page>(capacity: batch)
    var pages = 0
    var nanoseconds: UInt64 = 0
    while true {
      let isClosed = ring.isClosed
      while !rack.isFull, let page = ring.receive() { rack.append(page) }
      if rack.isFull || isClosed {
        pages += rack.count
        let start = ThreadClock.now()
        rack.release(to: source)
        nanoseconds += ThreadClock.now() - start
      } else {
        sched_yield()
      }
      if isClosed, ring.isEmpty { return (pages, nanoseconds) }
    }
  }
}
