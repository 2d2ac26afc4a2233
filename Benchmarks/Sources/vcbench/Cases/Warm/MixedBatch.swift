// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Blocks of mixed sizes that are allocated in one order and freed in another.
package struct MixedBatch: Equatable, Sendable {
  /// How many blocks.
  package static let count = 64

  /// Their sizes in bytes, in the order of allocation.
  package let sizes: [Int]

  /// The order in which they are freed.
  package let freeOrder: [Int]

  /// Chooses sizes and orders.
  ///
  /// Every power of two from 4 KiB to 1 MiB is as likely as the others, and the sizes between two
  /// of them are equally likely.
  package init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    sizes = (0..<MixedBatch.count).map { _ in
      let floor = 4096 << generator.below(8)
      return floor + generator.below(floor)
    }
    freeOrder = Shuffle.order(MixedBatch.count, using: &generator)
  }

  /// All the blocks together, in whole pages.
  package var byteCount: Int {
    sizes.reduce(0) { $0 + LivePeak.pageCount($1) * LivePeak.pageSize }
  }

  /// Allocates and frees again and again.
  ///
  /// - Returns: the time of the blocks; each is one operation, allocated and freed.
  package func run(
    _ source: some BlockSource, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    var blocks = [UInt](repeating: 0, count: sizes.count)
    return try Lap.run(for: budget, operations: sizes.count) { () throws(CommandFailure) in
      for index in sizes.indices {
        blocks[index] = UInt(bitPattern: unsafe try source.allocate(sizes[index]))
      }
      for index in freeOrder { source.free(blocks[index], byteCount: sizes[index]) }
    }
  }
}

/// Orders by chance.
package enum Shuffle {
  /// The numbers from 0 to `count` - 1 in an order that the generator chooses (Fisher and Yates).
  package static func order(_ count: Int, using generator: inout SplitMix64) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, generator.below(index + 1))
    }
    return order
  }
}
