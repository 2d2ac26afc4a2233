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
  /// Takes no memory: sorting would, from the malloc that is measured.
  ///
  /// - Parameter latencies: in any order; all is 0 where there are none.
  package init(_ latencies: Span<UInt32>) {
    p50 = LatencySummary.rank(500, latencies)
    p99 = LatencySummary.rank(990, latencies)
    p999 = LatencySummary.rank(999, latencies)
    max = LatencySummary.rank(1000, latencies)
  }

  /// The least latency that so many thousandths of all do not exceed, found by halving.
  private static func rank(_ permille: Int, _ latencies: Span<UInt32>) -> Int {
    guard !latencies.isEmpty else { return 0 }
    let wanted = (latencies.count * permille + 999) / 1000
    var least: UInt32 = 0
    var most = UInt32.max
    while least < most {
      let middle = least + (most - least) / 2
      var count = 0
      for index in latencies.indices where latencies[index] <= middle { count += 1 }
      if count >= wanted { most = middle } else { least = middle + 1 }
    }
    return Int(least)
  }
}
