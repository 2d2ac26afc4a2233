// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Operations done, and the time they took.
package struct Lap: Equatable, Sendable {
  /// How many operations.
  package var operations: Int
  /// Their time together.
  package var nanoseconds: UInt64

  /// Makes a lap.
  package init(operations: Int = 0, nanoseconds: UInt64 = 0) {
    self.operations = operations
    self.nanoseconds = nanoseconds
  }

  /// The time of one operation.
  package var nanosecondsPerOperation: Double { Double(nanoseconds) / Double(operations) }

  /// The operations in a second.
  package var operationsPerSecond: Double { Double(operations) * 1e9 / Double(nanoseconds) }

  /// Does something again and again, once before the clock starts and then for so long.
  ///
  /// The clock is read so seldom that it does not count, even beside work of a few nanoseconds.
  ///
  /// - Parameters:
  ///   - budget: nanoseconds.
  ///   - operations: how many operations one call of `body` does.
  ///   - body: the work.
  /// - Returns: what was done while the clock ran.
  /// - Throws: the failure of `body`.
  @inline(__always)
  package static func run(
    for budget: UInt64, operations: Int = 1, _ body: () throws(CommandFailure) -> Void
  ) throws(CommandFailure) -> Lap {
    try body()
    var lap = Lap()
    var batch = 1
    let start = Clock.now()
    var last = start
    repeat {
      for _ in 0..<batch { try body() }
      lap.operations += batch * operations
      let now = Clock.now()
      if now - last < budget / 32 { batch *= 2 }
      last = now
    } while last - start < budget
    lap.nanoseconds = max(1, last - start)
    return lap
  }
}
