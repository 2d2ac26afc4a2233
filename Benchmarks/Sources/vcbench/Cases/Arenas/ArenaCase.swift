// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Whether a large arena costs more than a small one when as little of both is in use.
package enum ArenaCase {
  /// The arenas' capacities.
  package static let capacities = [64 << 20, 16 << 30, 1 << 40]

  /// What is in use in each of them all the time: 32 MiB in blocks of 64 KiB.
  package static let held = Batch(byteCount: 64 << 10, count: 512)

  /// Blocks that are allocated one after the other, and then freed in another order: so many at
  /// once that no small cache holds them all.
  package struct Batch: Equatable, Sendable {
    /// The size of a block.
    package let byteCount: Int
    /// How many blocks.
    package let count: Int
  }

  /// A case for each size of block.
  package static let all = [
    Batch(byteCount: 64 << 10, count: 200), Batch(byteCount: 4 << 20, count: 7),
  ].map(benchCase)

  private static func benchCase(_ batch: Batch) -> BenchCase {
    let size = Format.size(batch.byteCount)
    let name = "arena.\(BenchCase.word(batch.byteCount))"
    return BenchCase(
      name, .arenas, "\(batch.count) blocks of \(size) in arenas of 64 MiB, 16 GiB, 1 TiB"
    ) { (context) throws(CommandFailure) in
      var users: [ArenaUser] = []
      for capacity in capacities {
        users.append(try ArenaUser(capacity: capacity, batch, seed: context.options.seed))
      }
      let figures = try Rounds.alternate(
        name, rounds: context.options.rounds, contenders: users.count
      ) { (index, _) throws(CommandFailure) in
        try users[index].measure(for: context.budget).nanosecondsPerOperation
      }
      var rows = zip(capacities, figures).map { capacity, figures in
        BenchRow("arena of \(Format.size(capacity))", .nanoseconds, figures)
      }
      if let fastest = rows.min(by: { $0.spread.median < $1.spread.median }) {
        for index in rows.indices { rows[index].compare(with: fastest) }
      }
      var result = BenchResult(rows)
      let worst = rows.compactMap(\.ratio).max() ?? 1
      result.counts = [.init("slowestToFastest", worst)]
      result.notes = [
        "slowest to fastest arena: \(Format.decimal(worst, digits: 2)) (goal: at most 1.50)"
      ]
      return result
    }
  }
}

/// An arena with 32 MiB in use, in which batches come and go.
final class ArenaUser {
  private let source: CompoundSource
  private let batch: ArenaCase.Batch
  private let freeOrder: [Int]
  private let held: BenchBlocks<CompoundSource>
  private var blocks: [UInt]

  init(capacity: Int, _ batch: ArenaCase.Batch, seed: UInt64) throws(CommandFailure) {
    source = try CompoundSource(capacity: capacity)
    self.batch = batch
    var generator = SplitMix64(seed: seed)
    freeOrder = Shuffle.order(batch.count, using: &generator)
    blocks = Array(repeating: 0, count: batch.count)
    var held = BenchBlocks(source, byteCount: ArenaCase.held.byteCount)
    try held.take(ArenaCase.held.count)
    self.held = held
  }

  /// Allocates and frees batches; each block is one operation.
  func measure(for budget: UInt64) throws(CommandFailure) -> Lap {
    try Lap.run(for: budget, operations: batch.count) { () throws(CommandFailure) in
      for index in 0..<batch.count {
        blocks[index] = UInt(bitPattern: unsafe try source.allocate(batch.byteCount))
      }
      for index in freeOrder { source.free(blocks[index], byteCount: batch.byteCount) }
    }
  }
}
