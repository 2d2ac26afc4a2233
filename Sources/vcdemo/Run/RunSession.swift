// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A trace that is played event by event on VCompound, and on another allocator beside it.
package final class RunSession {
  /// What became of a request.
  enum Served: Equatable {
    case freed
    case inPlace
    case contiguous
    case exchanged
    case stitched(runs: Int)
    case refused
    case skipped
  }

  /// What is played.
  let trace: Trace
  /// The name of that.
  let name: String
  /// The bytes of each arena.
  let capacity: Int
  /// The trace's peak.
  let peak: LivePeak

  private let compound: RunLane<CompoundBackend>
  private let buddy: RunLane<BuddyBackend>?

  /// The events that have been played.
  private(set) var position = 0
  /// What the last one got, on either side.
  private(set) var last: (compound: Served, buddy: Served?)?
  /// What was remarkable, the last one first.
  private(set) var events: [LiveState.Figure] = []

  /// The picture for a drawing, and how remarkable it is.
  package private(set) var picture: LiveState?
  private var pictureRank = 0
  private let picturedRoom: Int?

  /// Opens the arenas.
  ///
  /// - Parameters:
  ///   - trace: what is played.
  ///   - name: its name.
  ///   - options: what is asked for.
  ///   - picturedRoom: the cells of a picture; nil where none is wanted.
  ///   - memory: the memory that can be had.
  /// - Throws: a failure where an arena is too large, or memory too little.
  package init(
    _ trace: Trace, name: String, _ options: RunOptions, picturedRoom: Int? = nil,
    memory: MachineMemory = MachineMemory()
  ) throws(CommandFailure) {
    let peak = LivePeak(of: trace)
    let capacity = try options.capacity.byteCount(for: peak, verb: "run")
    let (needed, overflow) = min(peak.pageByteCount, capacity).multipliedReportingOverflow(
      by: options.beside == nil ? 1 : 2)
    try memory.check(
      overflow ? .max : needed, for: "run: the peak of \(name)",
      "choose a smaller --capacity, or a machine with more memory")
    let opened: CompoundBackend
    do throws(CompoundError) {
      opened = try CompoundBackend(capacity: capacity)
    } catch {
      throw .input("run: cannot open an arena of \(Format.size(capacity)): \(error)")
    }
    compound = RunLane(trace, on: opened)
    buddy =
      options.beside == .buddy
      ? RunLane(trace, on: try BuddyBackend(capacity: capacity)) : nil
    self.trace = trace
    self.name = name
    self.capacity = capacity
    self.peak = peak
    self.picturedRoom = picturedRoom
  }

  /// How many allocators there are.
  package var paneCount: Int { buddy == nil ? 1 : 2 }
  /// Whether all events have been played.
  package var isOver: Bool { position == trace.events.count }
  /// The requests that VCompound refused, and the other one.
  package var refused: (compound: Int, buddy: Int?) { (compound.refused, buddy?.refused) }
  /// The events at which each refused a request first.
  package var firstRefusals: (compound: Int?, buddy: Int?) {
    (compound.firstRefusal, buddy?.firstRefusal)
  }
  /// The blocks that were found damaged.
  package var damaged: Int { compound.damaged + (buddy?.damaged ?? 0) }
  /// What VCompound counted.
  var statistics: AllocatorStatistics { compound.backend.allocator.statistics }

  // MARK: Playing

  /// Plays the next event.
  package func step() {
    guard !isOver else { return }
    let index = position
    let event = trace.events[index]
    let before = statistics
    let (isRefused, isSkipped) = compound.step(index)
    let ours = served(event, isRefused, isSkipped, before, statistics)
    var theirs: Served?
    if let other = buddy?.step(index) {
      theirs =
        other.isRefused
        ? .refused : other.isSkipped ? .skipped : event.kind == .free ? .freed : .contiguous
    }
    position += 1
    last = (ours, theirs)
    note(index, ours, theirs)
  }

  /// Checks and frees what is alive.
  package func finish() {
    compound.finish()
    buddy?.finish()
  }

  private func served(
    _ event: Trace.Event, _ isRefused: Bool, _ isSkipped: Bool, _ before: AllocatorStatistics,
    _ after: AllocatorStatistics
  ) -> Served {
    if isRefused { return .refused }
    if isSkipped { return .skipped }
    if event.kind == .free { return .freed }
    if after.stitchedAllocations > before.stitchedAllocations {
      return .stitched(runs: after.stitchedRuns - before.stitchedRuns)
    }
    if after.exchangedAllocations > before.exchangedAllocations { return .exchanged }
    let isMoved = after.contiguousAllocations > before.contiguousAllocations
    return event.kind == .reallocate && !isMoved ? .inPlace : .contiguous
  }

  /// Keeps what a person would like to see: refusals, and blocks of many runs.
  private func note(_ index: Int, _ ours: Served, _ theirs: Served?) {
    let isRefused = ours == .refused || theirs == .refused
    var isStitched = false
    if case .stitched(let runs) = ours { isStitched = runs > 3 }
    guard isRefused || isStitched || ours == .exchanged else { return }
    let words = RunWords.request(trace, index) + ": " + RunWords.served(ours, theirs)
    let meaning: LiveState.Figure.Meaning = ours == .refused ? .bad : .plain
    events.insert(.init("#\(Format.count(index + 1))", words, meaning), at: 0)
    if events.count > 8 { events.removeLast() }
    takePicture(rank: theirs == .refused && ours != .refused ? (isStitched ? 3 : 2) : 1)
  }

  private func takePicture(rank: Int) {
    guard let picturedRoom, rank > pictureRank || picture == nil else { return }
    pictureRank = rank
    picture = state(room: picturedRoom, progress: "", keys: "")
  }

  // MARK: Looking

  /// What there is now.
  package func state(room: Int, progress: String, keys: String) -> LiveState {
    let count = trace.events.count
    let done = "\(Format.count(position)) of \(Format.count(count)) events"
    let title = "\(name) in \(Format.size(capacity))"
    return LiveState(
      title: title, progress: progress.isEmpty ? done : done + ", " + progress,
      share: Double(position) / Double(max(1, count)), panes: panes(room: room),
      request: request, events: events, keys: keys)
  }

  private var request: String {
    guard position > 0, let last else { return "nothing yet" }
    return RunWords.request(trace, position - 1) + ": "
      + RunWords.served(last.compound, last.buddy)
  }

  private func panes(room: Int) -> [LiveState.Pane] {
    let allocator = compound.backend.allocator
    let ours = LiveState.Pane(
      name: "VCompound", figures: LiveFigures(allocator.statistics).figures,
      map: MapScale.map(of: allocator, room: room),
      freeBlocks: allocator.fragmentation.freeBlocks)
    let theirs = buddy?.pane(pagesPerCell: ours.map.pagesPerCell.rawValue)
    return [ours] + (theirs.map { [$0] } ?? [])
  }
}
