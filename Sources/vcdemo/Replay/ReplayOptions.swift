// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a replay is asked to do.
package struct ReplayOptions: Equatable, Sendable {
  /// How large the arena is.
  package enum Capacity: Equatable, Sendable {
    /// So many times the trace's peak live pages.
    case budget(Ratio)
    /// So many bytes, rounded up to pages.
    case bytes(Int)

    /// The bytes of the arena for a trace with this peak.
    package func byteCount(for peak: LivePeak, verb: String) throws(CommandFailure) -> Int {
      let pages: Int
      switch self {
      case .bytes(let bytes):
        // Not by pageCount, whose sum overflows for sizes near the largest.
        pages = bytes / LivePeak.pageSize + (bytes % LivePeak.pageSize == 0 ? 0 : 1)
      case .budget(let ratio):
        pages = ratio.roundedUp(of: peak.pages) ?? Int.max
      }
      let (bytes, overflow) = pages.multipliedReportingOverflow(by: LivePeak.pageSize)
      guard !overflow else { throw .usage("\(verb): the capacity is too large") }
      return bytes
    }
  }

  /// The file.
  package var path: String
  /// How large the arena is.
  package var capacity: Capacity = .budget(Ratio(millionths: 1_200_000))
  /// The allocator.
  package var backend: BackendKind = .compound
  /// Whether a thread of the allocator's heals and gives memory back; of VCompound only.
  package var hasUpkeep = false
  /// How many times as fast as the program was; nil for as fast as it goes.
  package var pace: Ratio?
  /// How often the trace is replayed, on the same allocator.
  package var repetitions = 1
  /// Whether the clock is read once for the first replay too, and not at each of its events.
  package var readsClockOnce = false
  /// The nanoseconds after the last replay at which resident memory is measured once more.
  package var linger: UInt64 = 0
  /// Whether memory is touched before, so that the host of a virtual machine backs it.
  package var warms = false
  /// Whether the stamps are checked.
  package var verifies = false
  /// Whether the report is a JSON document.
  package var json = false
  /// The file for the page.
  package var html: String?

  /// The longest time after the last replay, in seconds.
  package static let mostLinger = 3600

  /// Options for one file, all others as they are by default.
  package init(path: String) {
    self.path = path
  }

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    let json = try arguments.flag("--json")
    let verifies = try arguments.flag("--verify")
    let hasUpkeep = try arguments.flag("--upkeep")
    let budget = try arguments.value("--budget", Values.ratio)
    let bytes = try arguments.value("--capacity", Values.size)
    let backend = try arguments.value("--backend", Values.choice(BackendKind.self))
    let repetitions = try arguments.value("--repeat", Values.times)
    let pace = try arguments.value("--pace", Values.ratio)
    let readsClockOnce = try arguments.flag("--clock-once")
    let linger = try arguments.value("--linger", Values.pause(upTo: ReplayOptions.mostLinger))
    let warms = try arguments.flag("--warm")
    let html = try arguments.value("--html", Values.file)
    self.init(path: try arguments.operand("TRACE"))
    try arguments.finish()
    if budget != nil, bytes != nil {
      throw arguments.failure("--budget and --capacity cannot both be given")
    }
    if hasUpkeep, (backend ?? .compound) != .compound {
      throw arguments.failure("--upkeep is for the backend compound")
    }
    if (backend ?? .compound) == .malloc, budget != nil || bytes != nil {
      throw arguments.failure("malloc has no capacity: leave out --budget and --capacity")
    }
    self.json = json
    self.verifies = verifies
    self.hasUpkeep = hasUpkeep
    self.pace = pace
    self.backend = backend ?? self.backend
    self.repetitions = repetitions ?? 1
    self.readsClockOnce = readsClockOnce
    self.linger = linger ?? self.linger
    self.warms = warms
    self.html = html
    if let budget { capacity = .budget(budget) }
    if let bytes { capacity = .bytes(bytes) }
  }

  /// The bytes of the arena for a trace with this peak.
  package func capacity(for peak: LivePeak) throws(CommandFailure) -> Int {
    try capacity.byteCount(for: peak, verb: "replay")
  }
}
