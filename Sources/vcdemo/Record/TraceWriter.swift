// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Turns what threads noted, by address, into a trace, in which each block has a number of its own.
struct TraceWriter: ~Copyable {
  /// What came of it.
  struct Summary: Equatable {
    var allocations = 0
    var events = 0
    var peakBytes = 0
    var threads = 0
    /// Blocks of which the end was not seen, although their address served again.
    var lost = 0
  }

  private struct Live {
    var id: Int
    var byteCount: Int
  }

  private let start: UInt64
  private let minimum: Int
  private let write: (String) throws(CommandFailure) -> Void
  private var live: [UInt64: Live] = [:]
  /// The blocks that threads are moving, and their old addresses.
  private var moving: [Int: (address: UInt64, block: Live)] = [:]
  private var nextID = 0
  private var liveBytes = 0
  private(set) var summary = Summary()

  /// Begins a trace.
  ///
  /// - Parameters:
  ///   - start: the time that its times count from.
  ///   - minimum: the least size that is kept.
  ///   - write: takes a line.
  init(start: UInt64, minimum: Int, _ write: @escaping (String) throws(CommandFailure) -> Void) {
    self.start = start
    self.minimum = minimum
    self.write = write
  }

  /// Adds an event of a thread; the events of all come in the order of their times.
  mutating func add(_ event: SpoolFile.Event, thread: Int) throws(CommandFailure) {
    summary.threads = max(summary.threads, thread + 1)
    let place = "\(thread) \(event.time &- min(start, event.time))"
    switch event.kind {
    case .allocate:
      try bear(event, place)
    case .free:
      if let block = live.removeValue(forKey: event.address) { try end(block, place) }
    case .moveBegin:
      moving[thread] = live.removeValue(forKey: event.address).map { (event.address, $0) }
    case .moveEnd:
      guard let (address, old) = moving.removeValue(forKey: thread) else {
        return try bear(event, place)
      }
      if event.address == 0 {
        live[address] = old
      } else if event.byteCount < minimum || event.byteCount == 0 {
        try end(old, place)
      } else {
        liveBytes -= old.byteCount
        let block = try enter(event, place)
        summary.events += 1
        try write("r \(old.id) \(block.id) \(block.byteCount) \(place)\n")
      }
    }
  }

  private mutating func bear(_ event: SpoolFile.Event, _ place: String) throws(CommandFailure) {
    guard event.address != 0, event.byteCount >= minimum, event.byteCount > 0 else { return }
    let block = try enter(event, place)
    summary.events += 1
    try write("a \(block.id) \(block.byteCount) \(1 << event.alignmentShift) \(place)\n")
  }

  /// Notes a block at its address, where nothing else can be any more.
  private mutating func enter(
    _ event: SpoolFile.Event, _ place: String
  ) throws(CommandFailure) -> Live {
    if let gone = live.removeValue(forKey: event.address) {
      summary.lost += 1
      try end(gone, place)
    }
    let block = Live(id: nextID, byteCount: Int(clamping: event.byteCount))
    nextID += 1
    live[event.address] = block
    liveBytes += block.byteCount
    summary.allocations += 1
    summary.peakBytes = max(summary.peakBytes, liveBytes)
    return block
  }

  private mutating func end(_ block: Live, _ place: String) throws(CommandFailure) {
    liveBytes -= block.byteCount
    summary.events += 1
    try write("f \(block.id) \(place)\n")
  }
}
