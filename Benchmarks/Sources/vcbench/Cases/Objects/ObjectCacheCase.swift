// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// What a cache of made objects costs beside the bytes alone, and beside making each anew.
package enum ObjectCacheCase {
  /// A pool's connection, a parser's state: some words and an array that took an allocation.
  package struct Parser: ~Copyable {
    var position = 0
    var tokens = [Int](repeating: 0, count: 16)

    /// Makes one.
    package init() {}
  }

  private enum Contender: String, CaseIterable {
    case cache = "object cache"
    case bytes = "VCompound, the bytes alone"
    case new = "a new one each time"
  }

  package static let benchCase = BenchCase(
    "object_cache", .objects, "take a made object and let go of it, one thread"
  ) { (context) throws(CommandFailure) in
    let contenders = Contender.allCases
    let figures = try Rounds.alternate(
      "object_cache", rounds: context.options.rounds, contenders: contenders.count
    ) { (index, _) throws(CommandFailure) in
      let lap =
        switch contenders[index] {
        case .cache: try measureCache(for: context.budget)
        case .bytes: try measureBytes(for: context.budget)
        case .new: try measureNew(for: context.budget)
        }
      return lap.nanosecondsPerOperation
    }
    var rows = zip(contenders, figures).map { BenchRow($0.rawValue, .nanoseconds, $1) }
    let base = rows[1]
    for index in rows.indices { rows[index].compare(with: base) }
    return BenchResult(rows)
  }

  private static func measureCache(for budget: UInt64) throws(CommandFailure) -> Lap {
    let source = try CompoundSource(capacity: WarmLoop.capacity)
    do throws(CompoundError) {
      let cache = try ObjectCache<Parser>(allocator: source.allocator, kept: 64) { Parser() }
      return try Lap.run(for: budget) { () throws(CompoundError) in
        var parser = try cache.take()
        parser.withObject { $0.position &+= 1 }
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  private static func measureBytes(for budget: UInt64) throws(CommandFailure) -> Lap {
    let source = try CompoundSource(capacity: WarmLoop.capacity)
    return try Lap.run(for: budget) { () throws(CommandFailure) in
      let bytes = unsafe try source.allocate(anywhere: MemoryLayout<Parser>.size)
      unsafe bytes.storeBytes(of: 1, as: Int.self)
      source.free(UInt(bitPattern: bytes))
    }
  }

  private static func measureNew(for budget: UInt64) throws(CommandFailure) -> Lap {
    try Lap.run(for: budget) { () throws(CommandFailure) in use(Parser()) }
  }

  /// Keeps the compiler from leaving the object out.
  @inline(never)
  private static func use(_ parser: consuming Parser) { parser.position &+= 1 }
}
