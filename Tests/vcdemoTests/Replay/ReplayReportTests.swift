// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct ReplayReportTests {
  static let keys: Set<String> = [
    "schema", "trace", "backend", "mallocLibrary", "fallbackAlways", "capacityBytes",
    "repetitions", "events", "allocations", "failures", "skipped", "contiguous",
    "exchanged", "stitched",
    "runs", "mappingsPeak", "peakLivePages", "peakLiveBytes", "peakResidentBytes", "footprint",
    "pageFaults", "setupNanoseconds", "nanosecondsPerEvent", "allocateLatency", "verified",
    "steady", "pace", "idle",
  ]

  private func result(_ text: String, _ options: ReplayOptions) throws -> ReplayResult {
    try Samples.withFile(text) { path in
      try ReplayResult.run(try TraceFile(path: path), options)
    }
  }

  private func document(_ result: ReplayResult) throws -> [String: Any] {
    let data = Data(ReplayReport(result).json.text.utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private static let text = "a 0 9000 16 0 0\na 1 5000 16 0 0\nr 0 2 20000 0 0\nf 1 0 0\n"

  @Test(arguments: BackendKind.allCases)
  func hasAlwaysTheSameKeys(backend: BackendKind) throws {
    var options = ReplayOptions(path: "x")
    options.backend = backend
    let document = try document(try result(ReplayReportTests.text, options))
    #expect(Set(document.keys) == ReplayReportTests.keys)
    #expect(document["schema"] as? Int == 1)
    #expect(document["backend"] as? String == backend.rawValue)
    #expect(document["events"] as? Int == 4)
    #expect(document["allocations"] as? Int == 3)
    #expect(document["peakLiveBytes"] as? Int == 34_000)
    #expect(document["peakLivePages"] as? Int == 10)
    #expect(document["verified"] is NSNull)
    #expect(try #require(document["pageFaults"] as? Int) >= 0)
    // The tests' process has a malloc of its own, which counts.
    #expect(document["mallocLibrary"] as? String == MallocLibrary.path())
    #expect((document["stitched"] is NSNull) == (backend != .compound))
    #expect((document["capacityBytes"] is NSNull) == (backend == .malloc))
    let times = try #require(document["nanosecondsPerEvent"] as? [String: Double])
    #expect(Set(times.keys) == ["total", "allocate", "touch", "free"])
    let latency = try #require(document["allocateLatency"] as? [String: Int])
    #expect(Set(latency.keys) == ["p50", "p99", "p999", "max"])
  }

  @Test func countsTheRefusalsOfAllReplays() throws {
    var options = ReplayOptions(path: "x")
    options.backend = .buddy
    options.capacity = .bytes(8 * 4096)
    options.repetitions = 3
    options.verifies = true
    // 9000 and 5000 bytes take four and two frames; then there is no block of eight.
    let result = try result(ReplayReportTests.text, options)
    // One replay more is for latencies.
    #expect(result.failures == 4)
    let document = try document(result)
    #expect(document["failures"] as? Int == 4)
    #expect(document["verified"] as? Bool == true)
    #expect(ReplayReport(result).text.contains("4 refused"))
  }

  @Test(arguments: BackendKind.allCases)
  func replaysARealProgramIntact(backend: BackendKind) throws {
    var options = ReplayOptions(path: Samples.path("ffmpeg-decode.trace"))
    options.backend = backend
    options.verifies = true
    let result = try ReplayResult.run(try TraceFile(path: options.path), options)
    #expect(result.damaged == 0)
    #expect(result.firstDamage == nil)
    #expect(result.first.outcome.times.total > 0)
    if backend != .buddy { #expect(result.failures == 0) }
    #expect(ReplayReport(result).verified == true)
  }

  @Test(arguments: [2, 4]) func theSteadyStateIsApartFromTheFirstPass(repetitions: Int) throws {
    var options = ReplayOptions(path: Samples.path("ffmpeg-decode.trace"))
    options.repetitions = repetitions
    options.hasUpkeep = repetitions == 4
    let result = try ReplayResult.run(try TraceFile(path: options.path), options)
    let steady = try #require(result.steady)
    #expect(steady.totals.count == max(1, repetitions - 2))
    #expect(steady.totals.allSatisfy { $0 > 0 })
    #expect(steady.latency.max > 0)
    // The arena is the first one: it was as full before, and its helper thread may add to it.
    let resident = try #require(result.first.counters?.peakResident)
    let later = try #require(steady.counters?.peakResident)
    #expect(options.hasUpkeep ? later >= resident : later == resident)
    let document = try document(result)
    let figures = try #require(document["steady"] as? [String: Any])
    #expect(figures["replays"] as? Int == steady.totals.count)
    #expect(
      Set(figures.keys) == [
        "replays", "nanosecondsPerEvent", "allocateLatency", "peakResidentBytes", "footprint",
        "pageFaults", "contiguous", "exchanged", "stitched", "runs",
      ])
    // What the trace keeps alive is resident in every regime.
    #expect(steady.peakResident >= result.peak.byteCount)
    #expect(ReplayReport(result).text.contains("steady state"))
  }

  @Test func theClockCanBeReadOnce() throws {
    var options = ReplayOptions(path: "x")
    options.readsClockOnce = true
    options.repetitions = 2
    let result = try result(ReplayReportTests.text, options)
    #expect(result.first.latency == nil)
    #expect(result.first.outcome.times.total > 0 && result.first.outcome.times.allocate == 0)
    #expect(try #require(result.steady).latency.max > 0)
    let document = try document(result)
    #expect(Set(document.keys) == ReplayReportTests.keys)
    #expect(document["allocateLatency"] is NSNull)
    let times = try #require(document["nanosecondsPerEvent"] as? [String: Any])
    #expect(times["total"] is Double && times["touch"] is NSNull)
    #expect(ReplayReport(result).text.contains("the clock was read once a replay"))
  }

  @Test func whatIsLeftIsSeenAfterAWhile() throws {
    var options = ReplayOptions(path: "x")
    options.linger = 20_000_000
    let start = Clock.now()
    let result = try result(ReplayReportTests.text, options)
    #expect(Clock.now() - start >= 20_000_000)
    // An arena keeps its memory until it is trimmed; no thread does that here.
    let counters = try #require(result.first.counters)
    #expect(result.idle.resident >= counters.resident)
    let document = try document(result)
    let idle = try #require(document["idle"] as? [String: Any])
    #expect(Set(idle.keys) == ["seconds", "residentBytes", "shareOfPeak"])
    #expect(idle["seconds"] as? Double == 0.02)
    #expect(ReplayReport(result).text.contains("after 20.0 ms, everything freed"))
  }

  @Test func aPaceIsKept() throws {
    var options = ReplayOptions(path: "x")
    options.pace = Ratio(millionths: 2 * Ratio.one)
    // 40 ms, twice as fast.
    let text = "a 0 9000 16 0 0\na 1 5000 16 0 40000000\nf 1 0 0\n"
    let result = try result(text, options)
    #expect(result.first.outcome.times.total >= 20_000_000)
    // Pauses are no latency.
    #expect(try #require(result.first.latency).max < 20_000_000)
  }

  @Test func compoundNeedsNoMoreThanThePeak() throws {
    var options = ReplayOptions(path: Samples.path("ffmpeg-decode.trace"))
    options.capacity = .budget(Ratio(millionths: 1_000_000))
    options.verifies = true
    let result = try ReplayResult.run(try TraceFile(path: options.path), options)
    #expect(result.failures == 0)
    #expect(result.damaged == 0)
  }

  @Test func everyLineOfTheTableFits() throws {
    let result = try result(ReplayReportTests.text, ReplayOptions(path: "x"))
    let lines = ReplayReport(result).text.split(separator: "\n")
      .drop { $0.hasPrefix("Build: ") }
    #expect(lines.count == 10)
    #expect(lines.first?.hasPrefix("trace") == true)
    #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
  }
}
