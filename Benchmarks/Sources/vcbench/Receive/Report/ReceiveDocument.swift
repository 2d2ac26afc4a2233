// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The figures of `vcbench receive` as JSON.
package enum ReceiveDocument {
  /// The document.
  package static func json(_ result: ReceiveResult) -> JSONValue {
    let options = result.options
    return .object([
      ("schema", .integer(1)),
      ("host", HostFacts.current().json),
      ("debugBuild", .bool(Build.isDebug)),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("datagramBytes", .integer(options.byteCount)),
      ("count", .integer(options.count)),
      ("nanosecondsPerRun", .integer(Int(clamping: options.nanoseconds))),
      ("batch", .integer(options.batch)),
      ("burst", .integer(options.burst)),
      ("keptShare", .number(Double(options.keptMillionths) / Double(Ratio.one))),
      ("rounds", .integer(options.rounds)),
      ("seed", .integer(Int(options.seed))),
      ("results", .array(result.entries.indices.map { entry(result, $0) })),
      ("passed", .bool(result.complaint == nil)),
    ])
  }

  private static func entry(_ result: ReceiveResult, _ index: Int) -> JSONValue {
    let rate = result.rate(index)
    return .object([
      ("workload", .string(result.entries[index].workload.rawValue)),
      ("call", .string(result.entries[index].call.rawValue)),
      ("way", .string(result.entries[index].way.rawValue)),
      ("datagramsPerSecond", .number(rate.median)),
      ("least", .number(rate.least)),
      ("most", .number(rate.most)),
      ("ratioToPageByPage", result.ratio(index).map { .number($0) } ?? .null),
      ("mostRatio", result.mostRatio(like: index).map { .number($0) } ?? .null),
      ("socketShare", .number(result.median(index, \.socketShare))),
      ("socketCPUShare", .number(result.median(index, \.socketCPUShare))),
      ("takeNanosecondsPerDatagram", .number(result.median(index, \.takeTime))),
      ("releaseNanosecondsPerPage", .number(result.median(index, \.releaseTime))),
      ("rounds", .array(result.figures[index].map(round))),
    ])
  }

  private static func round(_ figures: ReceiveFigures) -> JSONValue {
    .object([
      ("datagrams", .integer(figures.datagrams)),
      ("nanoseconds", .integer(Int(clamping: figures.nanoseconds))),
      ("datagramsPerSecond", .number(figures.rate)),
      ("socketNanoseconds", .integer(Int(clamping: figures.socketNanoseconds))),
      ("takeNanoseconds", .integer(Int(clamping: figures.takeNanoseconds))),
      ("idleNanoseconds", .integer(Int(clamping: figures.idleNanoseconds))),
      ("releaseNanoseconds", .integer(Int(clamping: figures.releaseNanoseconds))),
      ("socketShare", .number(figures.socketShare)),
      ("socketCPUShare", .number(figures.socketCPUShare)),
      ("receiverShare", .number(figures.receiverShare)),
      ("consumerShare", .number(figures.consumerShare)),
      ("sent", .integer(figures.sent)),
      ("consumed", .integer(figures.consumed)),
      ("lost", .integer(figures.lost)),
      ("damaged", .integer(figures.damaged)),
      ("released", .integer(figures.released)),
      ("fromBelow", .integer(figures.account.fromBelow)),
      ("recyclingRate", figures.account.recyclingRate.map { .number($0) } ?? .null),
      ("pagesOut", .integer(figures.out.pages)),
      ("liveBytes", .integer(figures.out.liveBytes)),
    ])
  }
}
