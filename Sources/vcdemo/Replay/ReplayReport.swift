// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The result of a replay, for people and for programs.
package struct ReplayReport: Sendable {
  let result: ReplayResult

  /// Reports a result.
  package init(_ result: ReplayResult) {
    self.result = result
  }

  /// Whether every stamp that was checked was as it should be; nil where none was checked.
  package var verified: Bool? { result.options.verifies ? result.damaged == 0 : nil }

  func spread(of steady: SteadyFigures) -> Spread {
    Spread(steady.totals.map { perEvent($0) })
  }

  /// The table, the line that concludes it, and what to try next.
  package var text: String {
    (Build.stitching() + [table.text(), conclusion, next]).joined(separator: "\n")
  }

  /// The figures, what they are, and what belongs to them.
  var table: TextTable {
    let rows = [
      ["trace", result.traceName, traceRemark],
      ["allocator", result.options.backend.rawValue, allocatorRemark],
      ["requests", Format.count(result.requestCount), requestRemark],
      ["resident", Format.size(result.first.peakResident), residentRemark],
      ["each event", span(perEvent(result.first.outcome.times.total)), timeRemark],
      ["allocate", result.first.latency.map { span(Double($0.p50)) } ?? "-", latencyRemark],
      ["stamps", verified.map { $0 ? "intact" : "damaged" } ?? "not checked", stampRemark],
    ]
    return TextTable(alignments: [.left, .right, .left], rows: rows + steadyRows + [idleRow])
  }

  private var steadyRows: [[String]] {
    guard let steady = result.steady else { return [] }
    let spread = spread(of: steady)
    var remark =
      "\(span(spread.least)) ... \(span(spread.most)); 99.9 % of the requests "
      + span(Double(steady.latency.p999))
    remark += "; footprint \(Format.decimal(result.footprint(steady.peakResident), digits: 3))"
    if let counters = steady.counters {
      remark +=
        "; \(Format.count(counters.stitched)) stitched, "
        + "\(Format.count(counters.exchanged)) exchanged a replay"
    }
    return [["steady state", span(spread.median), remark]]
  }

  private var idleRow: [String] {
    let idle = result.idle
    let share = Format.percent(Int((idle.share * 1e6).rounded()), of: 1_000_000)
    let time =
      idle.nanoseconds == 0 ? "at once" : "after " + span(Double(idle.nanoseconds))
    return ["left", Format.size(idle.resident), "\(time), everything freed: \(share) of the peak"]
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
    let setup = span(Double(result.first.setupNanoseconds))
    if result.options.readsClockOnce { return "opened in \(setup)" }
    return "allocate \(span(perEvent(times.allocate))), touch \(span(perEvent(times.touch))), "
      + "free \(span(perEvent(times.free))); opened in \(setup)"
  }

  private var latencyRemark: String {
    guard let latency = result.first.latency else { return "the clock was read once a replay" }
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

  /// What came of it.
  var conclusion: String {
    let replays = result.options.repetitions + (result.steady == nil ? 0 : 1)
    let served = result.requestCount * replays - result.failures
    var line = "\(result.options.backend.rawValue): "
    if verified == false {
      line += "memory was damaged."
    } else if result.failures == 0 {
      line += "all \(Format.count(served, "request"))"
      line += replays > 1 ? " of \(replays) replays served." : " served."
    } else {
      line += "\(Format.count(result.failures, "request")) refused"
      line += result.first.firstRefusal.map { " (first: \($0))." } ?? "."
    }
    return line
  }

  /// What to try next.
  private var next: String {
    let other: BackendKind = result.options.backend == .compound ? .buddy : .compound
    let capacity = result.capacity == nil ? "" : " " + capacityOption
    return "Next: vcdemo replay \(result.options.path) --backend \(other.rawValue)\(capacity)"
  }

  /// What gives another allocator an arena of the same size.
  private var capacityOption: String {
    switch result.options.capacity {
    case .budget(let ratio): "--budget \(ratio)"
    case .bytes(let bytes):
      "--capacity " + (bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes)")
    }
  }

  func perEvent(_ nanoseconds: UInt64) -> Double {
    Double(nanoseconds) / Double(result.eventCount)
  }

  private func span(_ nanoseconds: Double) -> String {
    Format.duration(nanoseconds: nanoseconds)
  }
}
