// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases that compare with other mallocs on warm memory.
package enum WarmCases {
  /// One size on one thread, one size on two, mixed sizes.
  package static let all =
    WarmLoop.sizes.map(oneThread) + WarmLoop.sizes.map(twoThreads) + [mixed]

  private static func oneThread(_ byteCount: Int) -> BenchCase {
    let size = Format.size(byteCount)
    return BenchCase(
      "warm.\(BenchCase.word(byteCount))", .warm, "allocate and free \(size), untouched",
      needsPeers: true
    ) { (context) throws(CommandFailure) in
      var task = WorkerTask(.warm, .pointer)
      task.byteCount = byteCount
      let field = Field(context, withBuffers: true)
      let reports = try field.measure(context, "warm \(size)", [task])
      return BenchResult(
        field.rows(reports[0], .nanoseconds, comparing: true) { $0.lap.nanosecondsPerOperation })
    }
  }

  private static func twoThreads(_ byteCount: Int) -> BenchCase {
    let size = Format.size(byteCount)
    return BenchCase(
      "warm.threads.\(BenchCase.word(byteCount))", .threads,
      "the same on one thread and on two at once", needsPeers: true
    ) { (context) throws(CommandFailure) in
      var one = WorkerTask(.warm, .pointer)
      one.byteCount = byteCount
      let field = Field(context, withBuffers: true)
      return try field.compareThreads(context, "warm \(size), threads", one)
    }
  }

  private static let mixed = BenchCase(
    "warm.mixed", .batch, "64 blocks of 4 KiB to 1 MiB, freed in another order", needsPeers: true
  ) { (context) throws(CommandFailure) in
    let field = Field(context, withBuffers: false)
    let reports = try field.measure(context, "warm.mixed", [WorkerTask(.mixed, .pointer)])
    return BenchResult(
      field.rows(reports[0], .nanoseconds, comparing: true) { $0.lap.nanosecondsPerOperation })
  }
}
