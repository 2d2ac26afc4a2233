// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The result as JSON.
package enum ReadDocument {
  /// One object.
  package static func json(_ result: ReadResult) -> JSONValue {
    let options = result.options
    let plan = result.job.plan
    return .object([
      ("schema", .integer(1)),
      ("host", HostFacts.current().json),
      ("debugBuild", .bool(Build.isDebug)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("rounds", .integer(options.rounds)),
      ("nanosecondsPerMeasurement", .integer(Int(clamping: options.nanoseconds))),
      ("pagesPerRequest", .integer(options.pages)),
      ("requestsInFlight", .integer(options.depth)),
      ("readers", .integer(options.readers)),
      ("hashers", .integer(options.hashers)),
      ("bytes", .integer(plan.byteCount)),
      ("hash", .string(Format.hash(result.job.hash))),
      (
        "files",
        .array(
          result.job.files.enumerated().map { index, file in
            .object([
              ("path", .string(file.path)),
              ("bytes", .integer(plan.sizes[index])),
              ("hash", .string(Format.hash(result.job.hash(ofFile: index)))),
            ])
          })
      ),
      ("verified", .bool(result.violations.isEmpty)),
      ("violations", .array(result.violations.map { .string($0) })),
      ("ways", .array(result.rows.map { json($0, result) })),
    ])
  }

  private static func json(_ row: ReadRow, _ result: ReadResult) -> JSONValue {
    .object([
      ("name", .string(row.way.rawValue)),
      ("hash", row.hash.map { .string(Format.hash($0)) } ?? .null),
      ("bytesPerSecond", json(row.spread(\.bytesPerSecond))),
      ("pagesPerSecond", json(row.spread(\.pagesPerSecond))),
      ("ratioToPageByPage", result.ratio(row).map { .number($0) } ?? .null),
      ("workNanosecondsPerPage", json(row.spread(\.workPerPage))),
      ("meanWorkNanosecondsPerPage", json(row.spread(\.meanWorkPerPage))),
      ("recyclingRate", row.spread(\.recyclingRate).map(json) ?? .null),
      ("preadvShare", json(row.spread(\.readingShare))),
      ("rounds", .array(row.rounds.map(json))),
    ])
  }

  private static func json(_ spread: Spread) -> JSONValue {
    .object([
      ("median", .number(spread.median)),
      ("least", .number(spread.least)),
      ("most", .number(spread.most)),
    ])
  }

  private static func json(_ round: ReadRound) -> JSONValue {
    .object([
      ("bytes", .integer(round.byteCount)),
      ("pages", .integer(round.pages)),
      ("requests", .integer(round.requests)),
      ("nanoseconds", .integer(Int(clamping: round.nanoseconds))),
      ("workNanosecondsPerPage", .number(round.workPerPage)),
      ("workNanoseconds", .integer(Int(clamping: round.working))),
      ("preadvNanoseconds", .integer(Int(clamping: round.reading))),
      ("hashNanoseconds", .integer(Int(clamping: round.hashing))),
      ("pagesTaken", .integer(round.taken)),
      ("pagesFromBelow", .integer(round.fromBelow)),
      ("hash", .string(Format.hash(round.hash))),
      ("pools", .array(round.pools.map(json))),
    ])
  }

  /// Under the kernel's names.
  private static func json(_ pool: PagePoolStatistics) -> JSONValue {
    .object([
      ("fast", .integer(pool.fast)),
      ("slow", .integer(pool.slow)),
      ("slow_high_order", .integer(pool.slowHighOrder)),
      ("empty", .integer(pool.empty)),
      ("refill", .integer(pool.refill)),
      ("cached", .integer(pool.cached)),
      ("cache_full", .integer(pool.cacheFull)),
      ("ring", .integer(pool.ring)),
      ("ring_full", .integer(pool.ringFull)),
      ("last_reader", .integer(pool.lastReader)),
      ("in_flight", .integer(pool.inFlight)),
      ("kept", .integer(pool.kept)),
    ])
  }
}
