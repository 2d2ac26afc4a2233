// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import vcdemo

/// Results that nobody measured.
enum MadeUp {
  static let trace = TraceSummary(
    path: "some/a<b>&.trace", name: "a<b>&.trace", events: 1000, peakLiveBytes: 1 << 20)

  /// VCompound at a budget in percent.
  static func compound(
    _ percent: Int, _ nanoseconds: Double, footprint: Double, failures: Int = 0, p999: Int = 0
  ) -> ContenderResult {
    result(
      .compound(Ratio(millionths: percent * 10_000)), nanoseconds, footprint, failures, p999)
  }

  /// A peer.
  static func peer(
    _ name: String, _ nanoseconds: Double, footprint: Double = 1.3, p999: Int = 0
  ) -> ContenderResult {
    let contender =
      name == Peer.systemName ? .system : Contender.preloaded(name, library: "/\(name).so")
    return result(contender, nanoseconds, footprint, 0, p999)
  }

  /// Three rounds; the first pass takes ten times as long and needs a hundredth more memory.
  private static func result(
    _ contender: Contender, _ nanoseconds: Double, _ footprint: Double, _ failures: Int,
    _ p999: Int
  ) -> ContenderResult {
    func pass(_ nanoseconds: Double, _ footprint: Double) -> Measurement.Pass {
      Measurement.Pass(
        loopNanosecondsPerEvent: nanoseconds, footprint: footprint, pageFaults: 5,
        stitched: contender.budget.map { _ in 1 }, contiguous: contender.budget.map { _ in 9 })
    }
    return ContenderResult(
      contender,
      [0.9, 1, 1.2].map { factor in
        Measurement(
          events: 1000, first: pass(nanoseconds * factor * 10, footprint + 0.01),
          steady: pass(nanoseconds * factor, footprint), leftShare: 0.125, failures: failures,
          allocateP999: p999)
      })
  }

  /// A usual result, with everybody.
  static let usual = TraceResult(
    trace,
    [
      compound(100, 800, footprint: 1.01), compound(105, 300, footprint: 1.04, p999: 500),
      compound(120, 150, footprint: 1.19), peer("glibc", 1000), peer("jemalloc", 600, p999: 250),
    ])
}
