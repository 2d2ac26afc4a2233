// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

extension ReplayReport {
  /// The document.
  ///
  /// Keys are always the same; what makes no sense for an allocator is null.
  package var json: JSONValue {
    let first = result.first
    let counters = first.counters
    return .object([
      ("schema", .integer(1)),
      ("trace", .string(result.traceName)),
      ("backend", .string(result.options.backend.rawValue)),
      ("mallocLibrary", MallocLibrary.path().map { .string($0) } ?? .null),
      ("fallbackAlways", .bool(CompoundAllocator.isFallbackAlways)),
      ("capacityBytes", .integer(result.capacity)),
      ("repetitions", .integer(result.options.repetitions)),
      ("events", .integer(result.eventCount)),
      ("allocations", .integer(result.requestCount)),
      ("failures", .integer(result.failures)),
      ("skipped", .integer(first.outcome.skipped)),
      ("contiguous", .integer(counters?.contiguous)),
      ("exchanged", .integer(counters?.exchanged)),
      ("stitched", .integer(counters?.stitched)),
      ("runs", .integer(counters?.runs)),
      ("mappingsPeak", .integer(counters?.mappingsPeak)),
      ("peakLivePages", .integer(result.peak.pages)),
      ("peakLiveBytes", .integer(result.peak.byteCount)),
      ("peakResidentBytes", .integer(first.peakResident)),
      ("footprint", .number(result.footprint)),
      ("pageFaults", .integer(first.pageFaults)),
      ("setupNanoseconds", .integer(Int(clamping: first.setupNanoseconds))),
      ("nanosecondsPerEvent", phases),
      ("allocateLatency", result.first.latency.map(Self.json) ?? .null),
      (
        "pace",
        result.options.pace.map { .number(Double($0.millionths) / Double(Ratio.one)) } ?? .null
      ),
      ("steady", result.steady.map(steady) ?? .null),
      (
        "idle",
        .object([
          ("seconds", .number(Double(result.idle.nanoseconds) / 1e9)),
          ("residentBytes", .integer(result.idle.resident)),
          ("shareOfPeak", .number(result.idle.share)),
        ])
      ),
      ("verified", verified.map { .bool($0) } ?? .null),
    ])
  }

  private var phases: JSONValue {
    let times = result.first.outcome.times
    func phase(_ time: UInt64) -> JSONValue {
      result.options.readsClockOnce ? .null : .number(perEvent(time))
    }
    return .object([
      ("total", .number(perEvent(times.total))), ("allocate", phase(times.allocate)),
      ("touch", phase(times.touch)), ("free", phase(times.free)),
    ])
  }

  private static func json(_ latency: LatencySummary) -> JSONValue {
    .object([
      ("p50", .integer(latency.p50)),
      ("p99", .integer(latency.p99)),
      ("p999", .integer(latency.p999)),
      ("max", .integer(latency.max)),
    ])
  }

  private func steady(_ steady: SteadyFigures) -> JSONValue {
    let spread = spread(of: steady)
    return .object([
      ("replays", .integer(steady.totals.count)),
      (
        "nanosecondsPerEvent",
        .object([
          ("median", .number(spread.median)), ("least", .number(spread.least)),
          ("most", .number(spread.most)),
        ])
      ),
      ("allocateLatency", Self.json(steady.latency)),
      ("peakResidentBytes", .integer(steady.peakResident)),
      ("footprint", .number(result.footprint(steady.peakResident))),
      (
        "pageFaults", .number(Double(steady.pageFaults) / Double(max(1, steady.totals.count)))
      ),
      ("contiguous", .integer(steady.counters?.contiguous)),
      ("exchanged", .integer(steady.counters?.exchanged)),
      ("stitched", .integer(steady.counters?.stitched)),
      ("runs", .integer(steady.counters?.runs)),
    ])
  }
}
