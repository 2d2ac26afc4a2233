// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A benchmark's result as JSON.
package enum BenchDocument {
  /// The document.
  ///
  /// - Parameters:
  ///   - options: what was asked for.
  ///   - peers: the mallocs; nil where no case needs them.
  ///   - results: the cases, in order.
  /// - Returns: one object.
  package static func json(
    _ options: BenchOptions, peers: PeerSearch?, _ results: [(BenchCase, BenchResult)]
  ) -> JSONValue {
    .object([
      ("schema", .integer(1)),
      ("host", HostFacts.current().json),
      ("debugBuild", .bool(Build.isDebug)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("rounds", .integer(options.rounds)),
      ("nanosecondsPerMeasurement", .integer(Int(clamping: options.nanoseconds))),
      ("seed", .integer(Int(options.seed))),
      (
        "peers",
        .array(
          (peers?.peers ?? []).map { peer in
            .object([
              ("name", .string(peer.name)), ("path", peer.library.map { .string($0) } ?? .null),
            ])
          })
      ),
      ("cases", .array(results.map { json($0, $1) })),
    ])
  }

  private static func json(_ benchCase: BenchCase, _ result: BenchResult) -> JSONValue {
    .object([
      ("name", .string(benchCase.name)),
      ("group", .string(benchCase.group.rawValue)),
      ("summary", .string(benchCase.summary)),
      ("ratio", .string(benchCase.group.ratioHeading)),
      ("rows", .array(result.rows.map(json))),
      ("counts", .object(result.counts.map { ($0.key, .number($0.value)) })),
      ("notes", .array(result.notes.map { .string($0) })),
    ])
  }

  private static func json(_ row: BenchRow) -> JSONValue {
    .object([
      ("contender", .string(row.contender)),
      ("unit", .string(row.quantity.rawValue)),
      ("rounds", .array(row.rounds.map { .number($0) })),
      ("median", .number(row.spread.median)),
      ("least", .number(row.spread.least)),
      ("most", .number(row.spread.most)),
      ("ratio", row.ratio.map { .number($0) } ?? .null),
    ])
  }
}
