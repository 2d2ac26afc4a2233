// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of one replay in a process of its own.
package struct Measurement: Equatable, Sendable {
  /// The events of the trace.
  package var events: Int
  /// The time of the event loop, in nanoseconds for each event.
  package var loopNanosecondsPerEvent: Double
  /// The time it took to open the allocator.
  package var setupNanoseconds: Int
  /// The peak of resident memory for each byte alive at the trace's own peak.
  package var footprint: Double
  /// The page faults of opening the allocator and of the event loop.
  package var pageFaults: Int
  /// The stitched requests; nil where the allocator stitches nothing.
  package var stitched: Int?
  /// The requests served from one run; nil where the allocator does not count them.
  package var contiguous: Int?
  /// The refused requests.
  package var failures: Int
  /// The latency that 99.9 % of the requests kept within, in nanoseconds.
  package var allocateP999: Int
  /// The file that malloc came from.
  package var mallocLibrary: String?

  /// The time for each event, opening the allocator included.
  package var nanosecondsPerEvent: Double {
    loopNanosecondsPerEvent + Double(setupNanoseconds) / Double(events)
  }

  /// The page faults in 1000 events.
  package var faultsPerThousand: Double { Double(pageFaults) * 1000 / Double(events) }

  /// The share of the served requests that were stitched.
  package var stitchedShare: Double? {
    guard let stitched, let contiguous else { return nil }
    return Double(stitched) / Double(max(1, stitched + contiguous))
  }

  /// Holds these figures.
  package init(
    events: Int, loopNanosecondsPerEvent: Double, setupNanoseconds: Int = 0, footprint: Double,
    pageFaults: Int = 0, stitched: Int? = nil, contiguous: Int? = nil, failures: Int = 0,
    allocateP999: Int = 0, mallocLibrary: String? = nil
  ) {
    self.events = events
    self.loopNanosecondsPerEvent = loopNanosecondsPerEvent
    self.setupNanoseconds = setupNanoseconds
    self.footprint = footprint
    self.pageFaults = pageFaults
    self.stitched = stitched
    self.contiguous = contiguous
    self.failures = failures
    self.allocateP999 = allocateP999
    self.mallocLibrary = mallocLibrary
  }

  /// Takes the figures out of a replay's report; nil where one is missing.
  package init?(_ report: JSONValue) {
    guard let events = report["events"]?.integer, events > 0,
      let loop = report["nanosecondsPerEvent"]?["total"]?.number,
      let setup = report["setupNanoseconds"]?.integer,
      let footprint = report["footprint"]?.number,
      let pageFaults = report["pageFaults"]?.integer,
      let failures = report["failures"]?.integer,
      let allocateP999 = report["allocateLatency"]?["p999"]?.integer
    else { return nil }
    self.init(
      events: events, loopNanosecondsPerEvent: loop, setupNanoseconds: setup,
      footprint: footprint, pageFaults: pageFaults, stitched: report["stitched"]?.integer,
      contiguous: report["contiguous"]?.integer, failures: failures, allocateP999: allocateP999,
      mallocLibrary: report["mallocLibrary"]?.string)
  }
}
