// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// The promise: threads that together never reserve more than the capacity are never refused.
///
/// Whatever mix of blocks of pages, objects, bulk calls, page pools, caches of objects that own
/// buffers, growing and shrinking they ask for.
@Suite struct PromiseTests {
  @Test(arguments: 1...24 as ClosedRange<UInt64>)
  func nobodyIsRefused(seed: UInt64) throws {
    let run = try PromiseRun(seed: seed, largest: seed % 8 == 0 ? 70_000 : 2000)
    run.run(requestsPerThread: 3000)
    run.world.refusals.expectNone(run.description)
  }

  /// The same without anybody beside it: these can be repeated exactly.
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func aThreadAloneIsNotRefused(seed: UInt64) throws {
    let run = try PromiseRun(seed: seed, largest: 2000, threadCount: 1)
    run.run(requestsPerThread: 5000)
    run.world.refusals.expectNone(run.description)
  }

  /// As many requests as VCOMPOUND_LONG says, in runs of 200,000; VCOMPOUND_SEED repeats one.
  @Test(.enabled(if: LongRun.requests != nil))
  func nobodyIsRefusedInALongRun() throws {
    var left = LongRun.requests ?? 0
    var seed = LongRun.seed
    while left > 0 {
      let run = try PromiseRun(seed: seed)
      LongRun.report("promise: \(run.description), \(left) requests left")
      let requests = min(left, 200_000)
      run.run(requestsPerThread: max(1, requests / run.threadCount))
      run.world.refusals.expectNone(run.description)
      if run.world.refusals.any { return }
      left -= requests
      seed += 1
    }
  }
}
