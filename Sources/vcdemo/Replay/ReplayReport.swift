// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The result of a replay, for people and for programs.
package struct ReplayReport: Sendable {
  private let result: ReplayResult

  /// Reports a result.
  package init(_ result: ReplayResult) {
    self.result = result
  }

  /// Whether every stamp that was checked was as it should be; nil where none was checked.
  package var verified: Bool? { result.options.verifies ? result.damaged == 0 : nil }

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
      ("nanosecondsPerEvent", perEvent),
      ("allocateLatency", Self.json(result.first.latency)),
      (
        "pace",
        result.options.pace.map { .number(Double($0.millionths) / Double(Ratio.one)) } ?? .null
      ),
      ("steady", result.steady.map(steady) ?? .null),
      ("verified", verified.map { .bool($0) } ?? .null),
    ])
  }

  private var perEvent: JSONValue {
    let times = result.first.outcome.times
    return .object([
      ("total", .number(perEvent(times.total))),
      ("allocate", .number(perEvent(times.allocate))),
      ("touch", .number(perEvent(times.touch))),
      ("free", .number(perEvent(times.free))),
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
      ("exchanged", .integer(steady.counters?.exchanged)),
      ("stitched", .integer(steady.counters?.stitched)),
      ("runs", .integer(steady.counters?.runs)),
    ])
  }

  private func spread(of steady: SteadyFigures) -> Spread {
    Spread(steady.totals.map { perEvent($0) })
  }

  /// The table and the line that concludes it.
  package var text: String {
    let rows = [
      ["trace", result.traceName, traceRemark],
      ["allocator", result.options.backend.rawValue, allocatorRemark],
      ["requests", Format.count(result.requestCount), requestRemark],
      ["resident", Format.size(result.first.peakResident), residentRemark],
      ["each event", span(perEvent(result.first.outcome.times.total)), timeRemark],
      ["allocate", span(Double(result.first.latency.p50)), latencyRemark],
      ["stamps", verified.map { $0 ? "intact" : "damaged" } ?? "not checked", stampRemark],
    ]
    let table = TextTable(alignments: [.left, .right, .left], rows: rows + steadyRows).text()
    return (Build.stitching() + [table, conclusion]).joined(separator: "\n")
  }

  private var steadyRows: [[String]] {
    guard let steady = result.steady else { return [] }
    let spread = spread(of: steady)
    var remark =
      "\(span(spread.least)) ... \(span(spread.most)); 99.9 % of the requests "
      + span(Double(steady.latency.p999))
    if let counters = steady.counters {
      remark +=
        "; \(Format.count(counters.stitched)) stitched, "
        + "\(Format.count(counters.exchanged)) exchanged a replay"
    }
    return [["steady state", span(spread.median), remark]]
  }

  private var traceRemark: String {
    "\(Format.count(result.eventCount, "event")), peak live "
      + "\(Format.size(result.peak.byteCount)) in \(Format.count(result.peak.pages, "page"))"
  }

  private var allocatorRemark: String {
    guard let capacity = result.capacity else { return "no capacity of its own" }
    var remark = "capacity \(Format.size(capacity))"
    if case .budget(let ratio) = result.options.capacity {
      remark += ", \(ratio) times the peak live pages"
    }
    let repetitions = result.options.repetitions
    return remark
      + (repetitions > 1 ? ", \(Format.count(repetitions, "replay")), the first below" : "")
  }

  private var requestRemark: String {
    var parts = ["\(Format.count(result.failures)) refused"]
    if let counters = result.first.counters {
      let exchanged = counters.exchanged > 0 ? " (\(counters.exchanged) exchanged)" : ""
      parts.append("\(Format.count(counters.contiguous)) contiguous\(exchanged)")
      parts.append(
        "\(Format.count(counters.stitched)) stitched from \(Format.count(counters.runs, "run"))")
      parts.append("\(Format.count(counters.mappingsPeak, "mapping")) at most")
    }
    return parts.joined(separator: ", ")
  }

  private var residentRemark: String {
    "at the peak, \(Format.decimal(result.footprint, digits: 3)) for each byte alive"
  }

  private var timeRemark: String {
    let times = result.first.outcome.times
    return "allocate \(span(perEvent(times.allocate))), touch \(span(perEvent(times.touch))), "
      + "free \(span(perEvent(times.free))); opened in "
      + span(Double(result.first.setupNanoseconds))
  }

  private var latencyRemark: String {
    let latency = result.first.latency
    return "half of the requests; 99 % \(span(Double(latency.p99))), "
      + "99.9 % \(span(Double(latency.p999))), longest \(span(Double(latency.max)))"
  }

  private var stampRemark: String {
    switch verified {
    case nil: "--verify checks them"
    case true?: "at every free and realloc, and at the end"
    case false?: Format.count(result.damaged, "damaged block")
    }
  }

  private var conclusion: String {
    let replays = result.options.repetitions + (result.steady == nil ? 0 : 1)
    let served = result.requestCount * replays - result.failures
    var line = "\(result.options.backend.rawValue): "
    if verified == false {
      line += "memory was damaged."
    } else if result.failures == 0 {
      line += "all \(Format.count(served, "request")) served."
    } else {
      line += "\(Format.count(result.failures, "request")) refused"
      line += result.first.firstRefusal.map { " (first: \($0))." } ?? "."
    }
    let other: BackendKind = result.options.backend == .compound ? .buddy : .compound
    return line + " Next: vcdemo replay \(result.options.path) --backend \(other.rawValue)"
      + " \(capacityOption)"
  }

  /// What gives another allocator an arena of the same size.
  private var capacityOption: String {
    switch result.options.capacity {
    case .budget(let ratio): "--budget \(ratio)"
    case .bytes(let bytes): "--capacity \(bytes)"
    }
  }

  private func perEvent(_ nanoseconds: UInt64) -> Double {
    Double(nanoseconds) / Double(result.eventCount)
  }

  private func span(_ nanoseconds: Double) -> String {
    Format.duration(nanoseconds: nanoseconds)
  }
}
