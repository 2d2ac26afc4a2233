// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Allocate and free one size, against the size, as NetBSD's allocfree module measured kmem.
///
/// Doran, A.: Patch: optimize kmem_alloc for frequent mid-sized allocations, tech-kern, 2009.
package enum AllocfreeCases {
  /// The sizes in bytes: powers of two, and some between them, where rounding shows.
  package static let sizes = [
    8, 16, 24, 32, 48, 64, 96, 128, 200, 256, 400, 512, 1000, 1024, 1500, 2048, 3000, 4096, 5000,
    8192, 10_000, 12_288, 16_384, 20_000, 24_576, 32_768, 40_000, 65_536,
  ]

  static let all = sizes.map(oneThread) + sizes.map(twoThreads)

  /// The beginnings of the names, of one thread and of two.
  package static let prefix = "allocfree."
  package static let threadsPrefix = "allocfree.threads."

  private static func oneThread(_ byteCount: Int) -> BenchCase {
    BenchCase(
      "\(prefix)\(byteCount)", .allocfree,
      "allocate and free \(Format.count(byteCount, "byte")); VCompound without each of its layers too",
      needsPeers: true
    ) { (context) throws(CommandFailure) in
      let field = Field(context, without: WorkerTask.Layer.allCases)
      var task = WorkerTask(.allocfree, .pointer)
      task.byteCount = byteCount
      let reports = try field.measure(context, "allocfree \(byteCount)", [task])
      return BenchResult(
        field.rows(reports[0], .nanoseconds, comparing: true) { $0.lap.nanosecondsPerOperation })
    }
  }

  private static func twoThreads(_ byteCount: Int) -> BenchCase {
    BenchCase(
      "\(threadsPrefix)\(byteCount)", .allocfreeThreads,
      "the same on one thread and on two at once", needsPeers: true
    ) { (context) throws(CommandFailure) in
      var one = WorkerTask(.allocfree, .pointer)
      one.byteCount = byteCount
      let field = Field(context, withBuffers: false)
      return try field.compareThreads(context, "allocfree \(byteCount), threads", one)
    }
  }
}
