// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A replay looked at from time to time: for pictures, not for figures, which looking would spoil.
struct ReplayFilm {
  /// What was seen.
  struct Moment {
    /// The events so far.
    var event: Int
    /// When the last of them happened in the program, in nanoseconds.
    var time: UInt64
    /// The bytes that the program has alive.
    var live: Int
    /// What is resident.
    var resident: Int
    /// The share of the requests so far that were stitched; nil where nothing ever is.
    var stitchedShare: Double?
  }

  /// How often it is looked at.
  private static let momentCount = 120

  private(set) var moments: [Moment] = []
  /// The maps, of an allocator that has one.
  private(set) var arena: ArenaFilm?

  /// Replays a trace once more.
  ///
  /// - Parameters:
  ///   - trace: the events.
  ///   - capacity: the bytes of its arena, where it has one.
  ///   - backend: opens the allocator.
  init<Backend: ReplayBackend & ~Copyable>(
    _ trace: Trace, capacity: Int, on backend: () throws -> Backend
  ) rethrows {
    let live = Self.liveBytes(trace)
    moments.reserveCapacity(Self.momentCount)
    var replayer = Replayer(trace, verifies: false)
    var arena = ArenaFilm(capacity: capacity)
    let meter = ResidentMeter()
    var backend = try backend()
    var progress = Progress("replay for the page")
    defer { progress.finish() }
    let count = trace.events.count
    for number in 0..<Self.momentCount {
      let start = number * count / Self.momentCount
      let end = (number + 1) * count / Self.momentCount
      guard end > start else { continue }
      progress.update(start, of: count)
      replayer.play(start..<end, on: &backend)
      let counters = backend.counters
      let moment = Moment(
        event: end, time: trace.times[end - 1], live: live[end - 1],
        resident: meter.current(counted: counters?.resident),
        stitchedShare: counters.map {
          Double($0.stitched) / Double(max(1, $0.stitched + $0.contiguous))
        })
      moments.append(moment)
      if let map = backend.map(pagesPerCell: arena.pagesPerCell) {
        arena.add(map, Self.text(moment, of: count))
      }
    }
    if !arena.frames.isEmpty { self.arena = arena }
    replayer.finish(on: &backend)
  }

  private static func text(_ moment: Moment, of count: Int) -> String {
    "Event \(Format.count(moment.event)) of \(Format.count(count)), "
      + "\(Format.size(moment.live)) alive"
  }

  /// What is alive after each event.
  private static func liveBytes(_ trace: Trace) -> MappedTable<Int> {
    var live = MappedTable<Int>(capacity: trace.events.count)
    _ = LivePeak(of: trace) { live.append($0) }
    return live
  }
}
