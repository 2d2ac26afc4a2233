// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import VCompound

/// A pool's paths on one thread, as Linux's bench_page_pool_simple takes them.
enum PagePoolCases {
  /// The kernel's names.
  private enum Path: String, CaseIterable {
    case fast
    case ring
    case slow

    var summary: String {
      switch self {
      case .fast: "take a page and recycle it: the consumer's cache"
      case .ring: "take a page and drop it: back through the rings"
      case .slow: "take a page that is still shared when it is put back: back with its reader"
      }
    }
  }

  static let all =
    Path.allCases.map(benchCase) + [1, 2, 4].map(PagePoolCross.benchCase)
    + [PagePoolSoak.benchCase]

  private enum Contender: String, CaseIterable {
    case pool = "page pool"
    case frames = "VCompound, frames"
    case magazines = "VCompound, magazines"
    case malloc = "glibc"
    case lock = "(a lock taken and let go)"
    case atomic = "(an atomic increment)"
  }

  private static func benchCase(_ path: Path) -> BenchCase {
    let name = "page_pool.\(path.rawValue)"
    return BenchCase(name, .pools, path.summary) { (context) throws(CommandFailure) in
      let batch = try PageBatch(count: 1)
      let contenders = Contender.allCases
      let figures = try Rounds.alternate(
        name, rounds: context.options.rounds, contenders: contenders.count
      ) { (index, _) throws(CommandFailure) in
        let lap =
          switch contenders[index] {
          case .pool: try measure(path, for: context.budget)
          case .frames: try batch.measure(.frames, for: context.budget)
          case .magazines: try batch.measure(.magazines, for: context.budget)
          case .malloc: try batch.measure(.malloc, for: context.budget)
          case .lock: try measureLock(for: context.budget)
          case .atomic: try measureAtomic(for: context.budget)
          }
        return lap.nanosecondsPerOperation
      }
      var rows = zip(contenders, figures).map { BenchRow($0.rawValue, .nanoseconds, $1) }
      let base = rows[1]
      for index in 0..<4 { rows[index].compare(with: base) }
      return BenchResult(rows)
    }
  }

  private static func measure(
    _ path: Path, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    let allocator = try CompoundAllocator.forPages(4096, hasMagazines: true)
    do throws(CompoundPoolError) {
      var pool = try PagePool(allocator: allocator, limits: .init(out: 2048, kept: 1024))
      switch path {
      case .fast:
        return try Lap.run(for: budget) { () throws(CompoundPoolError) in
          pool.recycle(try pool.take())
        }
      case .ring:
        return try Lap.run(for: budget) { () throws(CompoundPoolError) in _ = try pool.take() }
      case .slow:
        return try Lap.run(for: budget) { () throws(CompoundPoolError) in
          var page = try pool.take()
          let reader = page.share()
          pool.recycle(page)
          _ = consume reader
        }
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  private static func measureLock(for budget: UInt64) throws(CommandFailure) -> Lap {
    let lock = Mutex(0)
    return try Lap.run(for: budget) { () throws(CommandFailure) in lock.withLock { $0 += 1 } }
  }

  private static func measureAtomic(for budget: UInt64) throws(CommandFailure) -> Lap {
    let count = Atomic<Int>(0)
    return try Lap.run(for: budget) { () throws(CommandFailure) in
      count.add(1, ordering: .acquiringAndReleasing)
    }
  }
}
