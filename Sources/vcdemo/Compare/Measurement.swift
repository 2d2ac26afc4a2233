// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of one replay in a process of its own.
package struct Measurement: Equatable, Sendable {
  /// One regime of it: the first replay, or those after it.
  package struct Pass: Equatable, Sendable {
    /// The time of the event loop, in nanoseconds for each event.
    package var loopNanosecondsPerEvent: Double
    /// The time for each event, opening the allocator included where that is part of it.
    package var nanosecondsPerEvent: Double
    /// The peak of resident memory for each byte alive at the trace's own peak.
    package var footprint: Double
    /// The page faults of a replay, those of opening the allocator included in the first.
    package var pageFaults: Double
    /// The stitched requests; nil where the allocator stitches nothing.
    package var stitched: Int?
    /// The requests served from one run; nil where the allocator does not count them.
    package var contiguous: Int?

    /// The share of the served requests that were stitched.
    package var stitchedShare: Double? {
      guard let stitched, let contiguous else { return nil }
      return Double(stitched) / Double(max(1, stitched + contiguous))
    }

    /// Holds these figures.
    package init(
      loopNanosecondsPerEvent: Double, setupNanosecondsPerEvent: Double = 0, footprint: Double,
      pageFaults: Double = 0, stitched: Int? = nil, contiguous: Int? = nil
    ) {
      self.loopNanosecondsPerEvent = loopNanosecondsPerEvent
      nanosecondsPerEvent = loopNanosecondsPerEvent + setupNanosecondsPerEvent
      self.footprint = footprint
      self.pageFaults = pageFaults
      self.stitched = stitched
      self.contiguous = contiguous
    }

    /// Takes the figures of the later replays out of a report; nil where one is missing.
    init?(steady report: JSONValue) {
      guard let loop = report["nanosecondsPerEvent"]?["median"]?.number,
        let footprint = report["footprint"]?.number, let faults = report["pageFaults"]?.number
      else { return nil }
      self.init(
        loopNanosecondsPerEvent: loop, footprint: footprint, pageFaults: faults,
        stitched: report["stitched"]?.integer, contiguous: report["contiguous"]?.integer)
    }
  }

  /// The events of the trace.
  package var events: Int
  /// The time it took to open the allocator.
  package var setupNanoseconds: Int
  /// The first replay.
  package var first: Pass
  /// The later replays; nil where there are none.
  package var steady: Pass?
  /// What is still resident when everything is freed, as a share of the peak.
  package var leftShare: Double
  /// The refused requests of all the replays.
  package var failures: Int
  /// The latency that 99.9 % of the requests kept within, in nanoseconds: in the steady state, or
  /// in the first replay where there is no other.
  package var allocateP999: Int
  /// The file that malloc came from.
  package var mallocLibrary: String?

  /// Holds these figures.
  package init(
    events: Int, setupNanoseconds: Int = 0, first: Pass, steady: Pass? = nil, leftShare: Double = 0,
    failures: Int = 0, allocateP999: Int = 0, mallocLibrary: String? = nil
  ) {
    self.events = events
    self.setupNanoseconds = setupNanoseconds
    self.first = first
    self.steady = steady
    self.leftShare = leftShare
    self.failures = failures
    self.allocateP999 = allocateP999
    self.mallocLibrary = mallocLibrary
  }

  /// Takes the figures out of a replay's report; nil where one is missing.
  package init?(_ report: JSONValue) {
    let later = report["steady"]?["replays"].flatMap { _ in report["steady"] }
    let latency = later?["allocateLatency"] ?? report["allocateLatency"]
    guard let events = report["events"]?.integer, events > 0,
      let loop = report["nanosecondsPerEvent"]?["total"]?.number,
      let setup = report["setupNanoseconds"]?.integer,
      let footprint = report["footprint"]?.number,
      let pageFaults = report["pageFaults"]?.integer,
      let failures = report["failures"]?.integer,
      let left = report["idle"]?["shareOfPeak"]?.number,
      let allocateP999 = latency?["p999"]?.integer
    else { return nil }
    let steady = later.flatMap { Pass(steady: $0) }
    if later != nil, steady == nil { return nil }
    self.init(
      events: events, setupNanoseconds: setup,
      first: Pass(
        loopNanosecondsPerEvent: loop, setupNanosecondsPerEvent: Double(setup) / Double(events),
        footprint: footprint, pageFaults: Double(pageFaults),
        stitched: report["stitched"]?.integer, contiguous: report["contiguous"]?.integer),
      steady: steady, leftShare: left, failures: failures, allocateP999: allocateP999,
      mallocLibrary: report["mallocLibrary"]?.string)
  }
}
