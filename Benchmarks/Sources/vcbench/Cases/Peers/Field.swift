// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The contenders of a case whose work is done in children.
struct Field {
  /// One of them.
  private struct Entry {
    var name: String
    var allocator: WorkerTask.Allocator
    var preload: String?
    var without = WorkerTask.Layer.none
  }

  private var entries: [Entry]

  /// VCompound, and all the mallocs.
  ///
  /// - Parameters:
  ///   - context: knows the mallocs.
  ///   - withBuffers: whether owned buffers take part beside pointers.
  init(_ context: BenchContext, withBuffers: Bool) {
    entries = [Entry(name: Peer.compoundName, allocator: .pointer)]
    if withBuffers { entries.append(Entry(name: "CompoundBuffer", allocator: .buffer)) }
    entries += context.peers.map {
      Entry(name: $0.name, allocator: .malloc, preload: $0.library)
    }
  }

  /// VCompound, with healing and without, and all the mallocs.
  ///
  /// - Parameters:
  ///   - context: knows the mallocs.
  ///   - withHealing: whether VCompound with its helper thread takes part.
  init(_ context: BenchContext, withHealing: Bool) {
    self.init(context, withBuffers: false)
    guard withHealing else { return }
    entries.insert(
      Entry(name: Peer.compoundName + ", healing", allocator: .healing), at: 1)
  }

  /// VCompound, also without some of its layers, and all the mallocs.
  ///
  /// - Parameters:
  ///   - context: knows the mallocs.
  ///   - layers: what is off, one by one; `none` is VCompound as it is.
  init(_ context: BenchContext, without layers: [WorkerTask.Layer]) {
    entries = layers.map {
      Entry(name: Peer.compoundName + $0.words, allocator: .pointer, without: $0)
    }
    entries += context.peers.map {
      Entry(name: $0.name, allocator: .malloc, preload: $0.library)
    }
  }

  /// Has all of them do a task, round by round.
  ///
  /// - Parameters:
  ///   - context: the options, and what runs children.
  ///   - what: the name of the work, for the progress line.
  ///   - tasks: what to do; who does it, for how long and by which seed is filled in.
  ///   - drawsAnew: whether every round has a seed of its own, the same for all contenders.
  /// - Returns: for every task and every contender, its reports.
  /// - Throws: the failure of a child.
  func measure(
    _ context: BenchContext, _ what: String, _ tasks: [WorkerTask], drawsAnew: Bool = false
  ) throws(CommandFailure) -> [[[WorkerReport]]] {
    let reports = try Rounds.alternate(
      what, rounds: context.options.rounds, contenders: tasks.count * entries.count
    ) { (index, round) throws(CommandFailure) in
      let entry = entries[index % entries.count]
      var task = tasks[index / entries.count]
      task.allocator = entry.allocator
      task.without = entry.without
      task.nanoseconds = context.budget
      task.seed = context.options.seed &+ (drawsAnew ? UInt64(round) : 0)
      return try WorkerCrew.run(task, entry.preload)
    }
    return tasks.indices.map { task in
      Array(reports[task * entries.count..<(task + 1) * entries.count])
    }
  }

  /// A line for every contender.
  ///
  /// - Parameters:
  ///   - reports: what `measure` returned.
  ///   - quantity: what the figures count.
  ///   - suffix: what is said behind the name.
  ///   - comparing: whether the lines are compared with the malloc of the least median.
  ///   - figure: takes the figure out of a report.
  /// - Returns: the lines.
  func rows(
    _ reports: [[WorkerReport]], _ quantity: Quantity, suffix: String = "",
    comparing: Bool = false, _ figure: (WorkerReport) -> Double
  ) -> [BenchRow] {
    var rows = zip(entries, reports).map { entry, reports in
      BenchRow(entry.name + suffix, quantity, reports.map(figure))
    }
    let peers = zip(entries, rows).filter { $0.0.allocator == .malloc }.map(\.1)
    guard comparing, let best = peers.min(by: { $0.spread.median < $1.spread.median }) else {
      return rows
    }
    for index in rows.indices { rows[index].compare(with: best) }
    return rows
  }

  /// What `timesAndFootprints` calls a footprint.
  static let footprintNote =
    "footprint: the peak of resident bytes for each byte alive at the peak"

  /// The time of an operation, compared with the fastest malloc, and the footprint.
  ///
  /// - Parameter reports: what `measure` returned.
  /// - Returns: two lines for every contender.
  func timesAndFootprints(_ reports: [[WorkerReport]]) -> [BenchRow] {
    let times = rows(reports, .nanoseconds, comparing: true) { $0.lap.nanosecondsPerOperation }
    return zip(times, footprints(reports)).flatMap { [$0, $1] }
  }

  /// The footprint of every contender.
  func footprints(_ reports: [[WorkerReport]]) -> [BenchRow] {
    rows(reports, .footprint, suffix: ", footprint") {
      Double($0.residentBytes) / Double(max(1, $0.liveBytes))
    }
  }

  /// Has all of them do a task on one thread, and on two at once.
  ///
  /// - Parameters:
  ///   - context: the options, and what runs children.
  ///   - what: the name of the work, for the progress line.
  ///   - one: the task on one thread.
  /// - Returns: two lines for every contender, the second one compared with the first.
  /// - Throws: the failure of a child.
  func compareThreads(
    _ context: BenchContext, _ what: String, _ one: WorkerTask
  ) throws(CommandFailure) -> BenchResult {
    var two = one
    two.threads = 2
    let reports = try measure(context, what, [one, two])
    let slow = rows(reports[0], .rate, suffix: ", 1 thread") { $0.lap.operationsPerSecond }
    var fast = rows(reports[1], .rate, suffix: ", 2 threads") { $0.lap.operationsPerSecond }
    for index in fast.indices { fast[index].compare(with: slow[index]) }
    return BenchResult(zip(slow, fast).flatMap { [$0, $1] })
  }
}
