// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// Allocates and frees blocks of one size, untouched, on one thread or more.
package enum WarmLoop {
  /// The arena's capacity, in bytes: plenty.
  package static let capacity = 256 << 20

  /// The sizes.
  package static let sizes = [4 << 10, 8 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20]

  /// Measures blocks by pointers.
  package static func run(
    _ source: some BlockSource, _ task: WorkerTask
  ) throws(CommandFailure) -> Lap {
    let byteCount = task.byteCount
    let budget = task.nanoseconds
    return try onThreads(task.threads) { () throws(CommandFailure) in
      try Lap.run(for: budget) { () throws(CommandFailure) in
        unsafe source.free(try source.allocate(byteCount), byteCount: byteCount)
      }
    }
  }

  /// Measures buffers that leave scope.
  package static func runBuffers(
    _ source: CompoundSource, _ task: WorkerTask
  ) throws(CommandFailure) -> Lap {
    let allocator = source.allocator
    let byteCount = ByteCount(task.byteCount)
    let budget = task.nanoseconds
    return try onThreads(task.threads) { () throws(CommandFailure) in
      try Lap.run(for: budget) { () throws(CommandFailure) in
        do throws(CompoundError) {
          look(at: try allocator.allocate(byteCount: byteCount))
        } catch {
          throw CompoundSource.failure(error)
        }
      }
    }
  }

  /// Nobody who reads this may leave the buffer out.
  @inline(never)
  private static func look(at buffer: borrowing CompoundBuffer) {}

  /// What threads share: how many are ready, and what each measured.
  private final class Board: Sendable {
    let ready = Atomic<Int>(0)
    let laps: Mutex<[Result<Lap, CommandFailure>]> = Mutex([])
  }

  /// Measures on several threads that start together.
  ///
  /// - Returns: the operations of all of them, and the mean of their times.
  static func onThreads(
    _ count: Int, _ body: @escaping @Sendable () throws(CommandFailure) -> Lap
  ) throws(CommandFailure) -> Lap {
    guard count > 1 else { return try body() }
    let board = Board()
    do {
      _ = try BenchThreads(count) { _ in
        board.ready.add(1, ordering: .acquiringAndReleasing)
        while board.ready.load(ordering: .acquiring) < count {}
        let result = Result { () throws(CommandFailure) in try body() }
        board.laps.withLock { $0.append(result) }
      }
    }
    var sum = Lap()
    for result in board.laps.withLock({ $0 }) {
      let lap = try result.get()
      sum.operations += lap.operations
      sum.nanoseconds += lap.nanoseconds
    }
    sum.nanoseconds /= UInt64(count)
    return sum
  }
}
