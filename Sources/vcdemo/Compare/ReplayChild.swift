// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Measures a contender in a child process.
package enum ReplayChild {
  /// The longest time that may be allowed, in seconds: a day.
  package static let mostSeconds = 86_400

  /// The nanoseconds that a replay may take: a minute, and 100 µs for every event and for every
  /// page asked for, at most a day.
  package static func limit(for trace: Trace) -> UInt64 {
    let pages = trace.events.indices.reduce(0) { sum, index in
      sum + LivePeak.pageCount(trace.events[index].byteCount)
    }
    let steps = UInt64(trace.events.count + pages).multipliedReportingOverflow(by: 100_000)
    let most = UInt64(mostSeconds) * 1_000_000_000
    return steps.overflow ? most : min(most, 60_000_000_000 + min(most, steps.partialValue))
  }

  /// Replays the trace at `path` on a contender.
  ///
  /// - Parameters:
  ///   - contender: the allocator.
  ///   - path: the file's name.
  ///   - options: how often it is replayed, and what else is asked for.
  ///   - limit: the nanoseconds that the replay may take.
  /// - Returns: its figures.
  /// - Throws: why there are none.
  package static func measure(
    _ contender: Contender, _ path: String, _ options: CompareOptions, limit: UInt64
  ) throws(ChildFailure) -> Measurement {
    let child = try ChildProcess(
      contender.words(replaying: path, options), preload: contender.library, limit: limit)
    if let failure = child.failure { throw ChildFailure(failure) }
    guard let report = JSONReader.read(child.output), let measurement = Measurement(report) else {
      throw ChildFailure("its replay did not report what is needed")
    }
    try checkMalloc(of: contender, measurement.mallocLibrary, remark: child.remark)
    return measurement
  }

  /// Makes sure that the child ran on the malloc that it is to be named after.
  private static func checkMalloc(
    of contender: Contender, _ found: String?, remark: String?
  ) throws(ChildFailure) {
    let found = found ?? "an unknown malloc"
    switch contender.kind {
    case .compound: return
    case .systemMalloc:
      let name = found.split(separator: "/").last ?? ""
      guard name.hasPrefix("libc.") || name.hasPrefix("libc-") else {
        throw ChildFailure("its replay ran on \(found), not on the C library's malloc")
      }
    case .preloaded(let library):
      guard let wanted = realPath(library), wanted == realPath(found) else {
        let reason = remark.map { " (\($0))" } ?? ""
        throw ChildFailure("\(library) was not loaded: its replay ran on \(found)\(reason)")
      }
    }
  }
}
