// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import VCompound

/// Ten million operations on pools with random holders, slow consumers, and early ends; no page may
/// be lost.
package enum PagePoolSoak {
  /// The operations of the case.
  package static let operations = 10_000_000

  static let benchCase = BenchCase(
    "page_pool.soak", .soak, "ten million random operations, pools closed early: pages lost"
  ) { (context) throws(CommandFailure) in
    let start = Clock.now()
    let lost = try run(operations: operations, seed: context.options.seed)
    guard lost == 0 else {
      throw .input("page_pool.soak: \(Format.count(lost, "page")) lost")
    }
    let time = Double(Clock.now() - start) / Double(operations)
    var result = BenchResult([
      BenchRow("pages lost", .pages, [Double(lost)]),
      BenchRow("an operation", .nanoseconds, [time]),
    ])
    result.counts = [
      .init("operations", Double(operations)), .init("pagesLost", Double(lost)),
    ]
    return result
  }

  /// What threads hand to each other.
  enum Held: ~Copyable, Sendable {
    case page(PooledPage)
    case shared(SharedPage)
    case fragment(PageFragment)
  }

  /// The operations on each pool before it is closed.
  private static let operationsOnPool = 250_000

  /// Runs so many operations.
  ///
  /// - Parameters:
  ///   - operations: how many, at least 1.
  ///   - seed: of the random choices.
  /// - Returns: the pages that are not back at the end.
  /// - Throws: a failure where no arena or pool can be opened.
  package static func run(operations: Int, seed: UInt64) throws(CommandFailure) -> Int {
    let allocator = try CompoundAllocator.forPages(4096, hasMagazines: true)
    var random = SplitMix64(seed: seed)
    let rings = (0..<2).map { _ in Ring<Held>(capacity: 512) }
    do {
      let holders = try BenchThreads(rings.count) { index in
        hold(rings[index], seed: seed &+ UInt64(index))
      }
      defer { for ring in rings { ring.close() } }
      var left = operations
      var closings = 0
      while left > 0 {
        let count = min(left, operationsOnPool)
        left -= count
        do throws(CompoundPoolError) {
          var pool = try PagePool(allocator: allocator, limits: .init(out: 3000, kept: 500))
          for _ in 0..<count { step(&pool, rings, &random) }
          let ends: [PagePool.Closing] = [.atOnce, .waiting(.milliseconds(1)), .revoking]
          pool.close(ends[closings % ends.count])
          closings += 1
        } catch {
          throw CompoundSource.failure(error)
        }
      }
      for ring in rings { ring.close() }
      holders.keep()
    }
    _ = try? allocator.trim()
    return allocator.statistics.live.rawValue / LivePeak.pageSize
  }

  /// One operation; what cannot be sent, because a holder is slow, is dropped.
  private static func step(
    _ pool: inout PagePool, _ rings: [Ring<Held>], _ random: inout SplitMix64
  ) {
    let choice = random.below(16)
    let ring = rings[choice & 1]
    do throws(CompoundPoolError) {
      switch choice >> 1 {
      case 0...2:
        let page = try pool.take(label: "soak")
        pool.recycle(page)
      case 3...4:
        let page = try pool.take(label: "soak")
        if !ring.isFull { ring.send(.page(page)) }
      case 5:
        var page = try pool.take(label: "soak")
        let reader = page.share()
        if !ring.isFull { ring.send(.shared(reader)) }
        pool.recycle(page)
      case 6:
        let fragment = try pool.takeFragment(byteCount: ByteCount(1 + random.below(4096)))
        if !ring.isFull { ring.send(.fragment(fragment)) }
      default:
        _ = try pool.take(label: "soak")
      }
    } catch {
      // All pages are with slow holders: that is a part of it.
    }
  }

  /// Keeps what comes, and lets go of something chosen at random for it.
  private static func hold(_ ring: Ring<Held>, seed: UInt64) {
    var rack = PageRack<Held>(capacity: 1000)
    var random = SplitMix64(seed: seed)
    while true {
      let isClosed = ring.isClosed
      guard let held = ring.receive() else {
        if isClosed { return }
        // Slow at times.
        sched_yield()
        continue
      }
      if random.below(3) > 0 {
        _ = consume held
      } else if rack.isFull {
        _ = rack.exchange(random.below(rack.count), for: held)
      } else {
        rack.append(held)
      }
    }
  }
}
