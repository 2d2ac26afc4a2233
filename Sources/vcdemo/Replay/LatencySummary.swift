// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The distribution of latencies, in nanoseconds.
package struct LatencySummary: Equatable, Sendable {
  /// Half of the requests took no longer.
  package let p50: Int
  /// 99 % of the requests took no longer.
  package let p99: Int
  /// 99.9 % of the requests took no longer.
  package let p999: Int
  /// The longest.
  package let max: Int

  /// Finds the percentiles by nearest rank: each is a latency that was really measured.
  ///
  /// - Parameter sorted: the latencies, smallest first; all is 0 where there are none.
  package init(sorted: some RandomAccessCollection<UInt32>) {
    func rank(_ permille: Int) -> Int {
      guard !sorted.isEmpty else { return 0 }
      let position = (sorted.count * permille + 999) / 1000 - 1
      return Int(sorted[sorted.index(sorted.startIndex, offsetBy: position)])
    }
    p50 = rank(500)
    p99 = rank(990)
    p999 = rank(999)
    max = rank(1000)
  }
}
