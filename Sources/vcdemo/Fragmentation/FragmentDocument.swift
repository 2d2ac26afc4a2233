// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The demo's result as JSON.
package enum FragmentDocument {
  /// The document.
  ///
  /// Apart from `nanoseconds` it is the same for the same options.
  package static func json(_ result: FragmentResult) -> JSONValue {
    let options = result.options
    return .object([
      ("schema", .integer(1)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("seed", .integer(Int(options.seed))),
      ("capacityBytes", .integer(options.size)),
      ("blockBytes", .integer(options.block)),
      ("blocks", .integer(result.blockCount)),
      ("freedBlocks", .integer(result.freedCount)),
      ("freeBytes", .integer(result.freeBytes)),
      ("rows", .array(result.rows.map(row))),
      ("largest", result.largest.map(largest) ?? .null),
      ("largestRefusal", result.largestRefusal.map { .string($0) } ?? .null),
      ("damagedSurvivors", .integer(result.damagedSurvivors)),
      ("passed", .bool(result.isWhole)),
    ])
  }

  private static func row(_ row: Usability) -> JSONValue {
    .object([
      ("bufferBytes", .integer(row.byteCount)),
      ("possible", .integer(row.possible)),
      ("buddy", .integer(row.buddy)),
      ("anyRun", .integer(row.anyRun)),
      ("compound", .integer(row.compound)),
      ("damaged", .integer(row.damaged)),
      ("metMappingLimit", .bool(row.metMappingLimit)),
      ("refusal", row.refusal.map { .string($0) } ?? .null),
    ])
  }

  private static func largest(_ largest: LargestBuffer) -> JSONValue {
    .object([
      ("bytes", .integer(largest.byteCount)),
      ("runs", .integer(largest.runs)),
      ("exchanged", .bool(largest.isExchanged)),
      ("freeRuns", .integer(largest.freeRuns)),
      ("longestRunBytes", .integer(largest.longestRun)),
      ("nanoseconds", .integer(Int(clamping: largest.nanoseconds))),
      ("intact", .bool(largest.isIntact)),
    ])
  }
}
