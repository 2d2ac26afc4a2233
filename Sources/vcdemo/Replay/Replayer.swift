// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Plays a trace on an allocator, event by event, and takes the time of each phase.
///
/// Everything that the event loop needs is in mappings of its own, not in the heap of a malloc, and
/// touched when the replayer is made: during the loop the harness itself allocates nothing and no
/// page of its own becomes resident.
package struct Replayer: ~Copyable {
  /// A block as the replay knows it; not private, or the compiler (6.3) fails.
  @safe
  struct Block: BitwiseCopyable {
    /// Its first byte; nil before birth, after death, and where it was refused.
    var address: UnsafeMutableRawPointer?
    /// Its real size, which is the old one where a reallocation was refused.
    var byteCount = 0
    /// The number its stamps were made with, which also stays the old one then.
    var stamp: Int32 = -1
  }

  private let trace: Trace
  private let verifies: Bool
  private var blocks: MappedTable<Block>

  /// The time each request took, in nanoseconds, in the first `latencyCount` elements.
  private var latencies: MappedTable<UInt32>
  private var latencyCount = 0
  private var isClocked = true
  private let pace: Ratio?

  /// What happened in the replay so far.
  package private(set) var outcome = ReplayOutcome()

  /// Prepares for replays of a trace.
  ///
  /// - Parameters:
  ///   - trace: the events.
  ///   - verifies: whether stamps are checked at every free and reallocation.
  ///   - pace: how many times as fast as the program was; nil for as fast as it goes.
  package init(_ trace: Trace, verifies: Bool, pace: Ratio? = nil) {
    self.pace = pace
    self.trace = trace
    self.verifies = verifies
    blocks = MappedTable(repeating: Block(), count: trace.names.count)
    latencies = MappedTable(repeating: 0, count: trace.requestCount)
  }

  /// Plays all the events.
  ///
  /// Blocks that the trace does not free stay alive until ``finish(on:)``.
  ///
  /// - Parameters:
  ///   - backend: the allocator.
  ///   - isClocked: whether the clock is read at each event, for latencies and the times of phases.
  ///     That takes as long as a small event itself.
  ///   - progress: the line that says how far the replay is.
  package mutating func replay<Backend: ReplayBackend & ~Copyable>(
    on backend: inout Backend, isClocked: Bool = true, progress: inout Progress
  ) {
    outcome = ReplayOutcome()
    latencyCount = 0
    self.isClocked = isClocked
    let start = Clock.now()
    var time = start
    let pace = pace.map { Pace($0) }
    for index in trace.events.indices {
      if let pace {
        pace.wait(for: trace.times[index])
        time = Clock.now()
      }
      play(index, on: &backend, &time)
      if index & 1023 == 0 {
        progress.update(index, of: trace.events.count, now: isClocked ? time : Clock.now())
      }
    }
    outcome.times.total = Clock.now() - start
  }

  /// The first byte of a block, by its number, and its size; nil where it is not alive.
  package func block(_ number: Int32) -> (address: UnsafeMutableRawPointer, byteCount: Int)? {
    let block = blocks[Int(number)]
    return unsafe block.address.map { unsafe ($0, block.byteCount) }
  }

  /// Plays some of the events, without a clock: for who looks at the allocator in between.
  ///
  /// Those before them were played.
  package mutating func play<Backend: ReplayBackend & ~Copyable>(
    _ events: Range<Int>, on backend: inout Backend
  ) {
    isClocked = false
    var time: UInt64 = 0
    for index in events { play(index, on: &backend, &time) }
  }

  @inline(__always)
  private mutating func play<Backend: ReplayBackend & ~Copyable>(
    _ index: Int, on backend: inout Backend, _ time: inout UInt64
  ) {
    let event = trace.events[index]
    switch event.kind {
    case .allocate: allocate(event, on: &backend, &time)
    case .reallocate: reallocate(event, index, on: &backend, &time)
    case .free: free(event, index, on: &backend, &time)
    }
  }

  /// Checks the blocks that are still alive, where checks are wanted, and frees them.
  package mutating func finish<Backend: ReplayBackend & ~Copyable>(on backend: inout Backend) {
    for index in blocks.indices {
      guard let address = unsafe blocks[index].address else { continue }
      check(index, event: nil)
      unsafe backend.free(address, byteCount: blocks[index].byteCount)
      blocks[index] = Block()
    }
  }

  /// The latencies of all the requests of the last replay.
  package var latencySummary: LatencySummary {
    LatencySummary(latencies.span.extracting(first: latencyCount))
  }

  @inline(__always)
  private mutating func allocate<Backend: ReplayBackend & ~Copyable>(
    _ event: Trace.Event, on backend: inout Backend, _ time: inout UInt64
  ) {
    let address = unsafe backend.allocate(
      byteCount: event.byteCount, alignment: event.alignment)
    requestEnded(&time)
    guard let address = unsafe address else {
      outcome.failures += 1
      return
    }
    unsafe bear(event, at: address, &time)
  }

  @inline(__always)
  private mutating func reallocate<Backend: ReplayBackend & ~Copyable>(
    _ event: Trace.Event, _ index: Int, on backend: inout Backend, _ time: inout UInt64
  ) {
    let old = blocks[Int(event.previous)]
    guard let address = unsafe old.address else {
      outcome.skipped += 1
      return
    }
    blocks[Int(event.previous)] = Block()
    let moved = unsafe backend.reallocate(address, from: old.byteCount, to: event.byteCount)
    requestEnded(&time)
    guard let moved = unsafe moved else {
      outcome.failures += 1
      blocks[Int(event.block)] = old
      return
    }
    if verifies {
      let damage = unsafe Stamp.firstDamage(
        old.stamp, at: moved, byteCount: old.byteCount, prefix: event.byteCount)
      outcome.note(damage, block: event.block, event: index)
    }
    unsafe bear(event, at: moved, &time)
  }

  @inline(__always)
  private mutating func free<Backend: ReplayBackend & ~Copyable>(
    _ event: Trace.Event, _ index: Int, on backend: inout Backend, _ time: inout UInt64
  ) {
    let block = Int(event.block)
    guard let address = unsafe blocks[block].address else {
      outcome.skipped += 1
      return
    }
    if verifies {
      check(block, event: index)
      let checked = Clock.now()
      outcome.times.touch += checked &- time
      time = checked
    }
    unsafe backend.free(address, byteCount: blocks[block].byteCount)
    blocks[block] = Block()
    guard isClocked else { return }
    let freed = Clock.now()
    outcome.times.free += freed &- time
    time = freed
  }

  @inline(__always)
  private mutating func requestEnded(_ time: inout UInt64) {
    guard isClocked else { return }
    let now = Clock.now()
    let latency = now &- time
    latencies[latencyCount] = UInt32(clamping: latency)
    latencyCount += 1
    outcome.times.allocate += latency
    time = now
  }

  @inline(__always)
  private mutating func bear(
    _ event: Trace.Event, at address: UnsafeMutableRawPointer, _ time: inout UInt64
  ) {
    unsafe Stamp.write(event.block, at: address, byteCount: event.byteCount)
    blocks[Int(event.block)] = unsafe Block(
      address: address, byteCount: event.byteCount, stamp: event.block)
    guard isClocked else { return }
    let touched = Clock.now()
    outcome.times.touch += touched &- time
    time = touched
  }

  private mutating func check(_ index: Int, event: Int?) {
    let block = blocks[index]
    guard verifies, let address = unsafe block.address else { return }
    let damage = unsafe Stamp.firstDamage(
      block.stamp, at: address, byteCount: block.byteCount, prefix: block.byteCount)
    outcome.note(damage, block: Int32(truncatingIfNeeded: index), event: event)
  }
}
