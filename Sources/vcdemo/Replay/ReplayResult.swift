// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The replays of a trace that were asked for, all on one allocator.
package struct ReplayResult: Sendable {
  /// What was asked for.
  package let options: ReplayOptions
  /// The file's name.
  package let traceName: String
  /// The number of events.
  package let eventCount: Int
  /// The number of requests among them.
  package let requestCount: Int
  /// The trace's peak.
  package let peak: LivePeak
  /// The bytes of the arena; nil where the allocator knows no capacity.
  package let capacity: Int?
  /// The first replay.
  package let first: ReplayFigures
  /// The later ones; nil where there are none.
  package let steady: SteadyFigures?
  /// What is resident after them, everything freed.
  package let idle: IdleFigures
  /// The refused requests of all the replays.
  package let failures: Int
  /// The damaged blocks of all the replays.
  package let damaged: Int
  /// The first of them, in words.
  package let firstDamage: String?

  /// The resident peak for each byte alive at the trace's own peak.
  package var footprint: Double { footprint(first.peakResident) }

  /// So many resident bytes for each byte alive at the trace's own peak.
  package func footprint(_ resident: Int) -> Double {
    Double(resident) / Double(peak.byteCount)
  }

  /// Replays a trace as the options say.
  ///
  /// - Parameters:
  ///   - file: the trace.
  ///   - options: what is asked for.
  ///   - memory: the memory that can be had.
  /// - Returns: the figures.
  /// - Throws: a failure where the arena is too large, or the memory too little.
  package static func run(
    _ file: TraceFile, _ options: ReplayOptions, memory: MachineMemory = MachineMemory()
  ) throws -> ReplayResult {
    let peak = LivePeak(of: file.trace)
    let capacity = options.backend.hasCapacity ? try options.capacity(for: peak) : nil
    // What does not fit into the arena is refused, and never written to.
    try memory.check(
      min(peak.pageByteCount, capacity ?? .max), for: "replay: the peak of \(file.path)",
      "\(capacity == nil ? "" : "choose a smaller --capacity, or ")use a machine with more memory")
    if options.warms { HostMemory.back(HostMemory.need(forPeak: peak.byteCount), memory: memory) }
    var replayer = Replayer(file.trace, verifies: options.verifies, pace: options.pace)
    do {
      let series = try measure(options, capacity ?? 0, &replayer)
      return ReplayResult(file, options, peak, capacity, series)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure.input(
        "replay: cannot open an arena of \(Format.size(capacity ?? 0)): \(error)")
    }
  }

  private init(
    _ file: TraceFile, _ options: ReplayOptions, _ peak: LivePeak, _ capacity: Int?,
    _ series: ReplaySeries
  ) {
    self.options = options
    self.peak = peak
    self.capacity = capacity
    traceName = file.name
    eventCount = file.trace.events.count
    requestCount = file.trace.requestCount
    first = series.first
    steady = series.steady
    idle = series.idle
    failures = series.failures
    damaged = series.damaged
    firstDamage = series.firstDamage.map { damage in
      let name = file.trace.names[Int(damage.block)]
      let place = damage.event.map { "\(file.path):\($0 + 1)" } ?? "\(file.path): at the end"
      return "\(place): block \(name) is damaged at offset \(damage.offset)"
    }
  }

  private static func measure(
    _ options: ReplayOptions, _ capacity: Int, _ replayer: inout Replayer
  ) throws -> ReplaySeries {
    switch options.backend {
    case .compound:
      try ReplaySeries.measure({ try compound(options, capacity) }, options, replayer: &replayer)
    case .buddy:
      try ReplaySeries.measure(
        { try BuddyBackend(capacity: capacity) }, options, replayer: &replayer)
    case .malloc:
      try ReplaySeries.measure(
        { MallocBackend(capacity: capacity) }, options, replayer: &replayer)
    }
  }

  /// One replay more, on the same kind of allocator, which is looked at.
  static func film(
    _ file: TraceFile, _ options: ReplayOptions, _ capacity: Int?
  ) throws -> ReplayFilm {
    let capacity = capacity ?? 0
    return switch options.backend {
    case .compound:
      try ReplayFilm(file.trace, capacity: capacity) { try compound(options, capacity) }
    case .buddy:
      try ReplayFilm(file.trace, capacity: capacity) { try BuddyBackend(capacity: capacity) }
    case .malloc: ReplayFilm(file.trace, capacity: capacity) { MallocBackend(capacity: capacity) }
    }
  }

  private static func compound(
    _ options: ReplayOptions, _ capacity: Int
  ) throws(CompoundError) -> CompoundBackend {
    try CompoundBackend(capacity: capacity, upkeep: options.hasUpkeep ? ArenaUpkeep() : nil)
  }
}
