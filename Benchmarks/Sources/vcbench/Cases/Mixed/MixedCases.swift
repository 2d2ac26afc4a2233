// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases of all sizes in steady state, small ones and large ones on the same allocator.
package enum MixedCases {
  private static let profilePrefix = "mixed.fleetbench"
  private static let tracePrefix = "mixed.trace"

  /// How the names of cases begin that need a file, and the option that gives it.
  static let prefixes = [
    (profilePrefix, "--fleetbench FILE.csv"), (tracePrefix, "--trace FILE"),
  ]

  /// A case for each file of Fleetbench, and one for each trace.
  package static func all(_ profiles: [String], _ traces: [String]) -> [BenchCase] {
    zip(FleetbenchCase.names(profiles), profiles).map {
      FleetbenchCase.benchCase("mixed.\($0)", $1, ofAllSizes: true)
    }
      + zip(names(traces: traces), traces).map(traceCase)
  }

  /// The names of traces' cases: by those of the files where they differ, else by position.
  package static func names(traces paths: [String]) -> [String] {
    let stems = paths.map { path in
      String((path.split(separator: "/").last ?? "").prefix { $0 != "." })
    }
    let isTelling = !stems.contains("") && Set(stems).count == stems.count
    return paths.indices.map { "\(tracePrefix).\(isTelling ? stems[$0] : "\($0)")" }
  }

  private static func traceCase(_ name: String, _ path: String) -> BenchCase {
    BenchCase(
      name, .mixed, "the sizes and lifetimes of \(path), again and again", needsPeers: true
    ) { (context) throws(CommandFailure) in
      let schedule = BlockSchedule(try TraceFile(path: path).trace)
      let peak = schedule.peak(of: schedule.events.count)
      return try SteadyCase.measure(
        context, name, schedule, path: path,
        words: "\(path): \(Format.size(peak.byteCount)) alive at the peak, "
          + "\(Format.count(schedule.events.count, "event")) a time; a reallocation is the birth "
          + "of the new block and the death of the old one")
    }
  }
}
