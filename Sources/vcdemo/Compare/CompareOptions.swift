// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a comparison is asked to do.
package struct CompareOptions: Equatable, Sendable {
  /// VCompound's budgets where none are given.
  package static let defaultBudgets = [100, 102, 105, 110, 120, 150].map { percent in
    Ratio(millionths: percent * Ratio.one / 100)
  }

  /// The traces.
  package var paths: [String]
  /// How often everything is measured, after one warm-up.
  package var rounds = 5
  /// How often each process replays a trace, on the same allocator.
  package var repetitions = 4
  /// The nanoseconds after the last replay at which it is seen what is left.
  package var linger: UInt64 = 0
  /// Whether VCompound's helper thread is at work.
  package var hasUpkeep = false
  /// VCompound's budgets, smallest first.
  package var budgets = CompareOptions.defaultBudgets
  /// The mallocs beside those that are found.
  package var peers: [Peer] = []
  /// The contenders to run; nil for all.
  package var only: [String]?
  /// The nanoseconds that a process may take; nil for what the traces need at most.
  package var timeLimit: UInt64?
  /// Whether the report is a JSON document.
  package var json = false
  /// The file for the chart.
  package var svg: String?
  /// The file for the page.
  package var html: String?

  /// Options for these files, all others as they are by default.
  package init(paths: [String]) {
    self.paths = paths
  }

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    let json = try arguments.flag("--json")
    let rounds = try arguments.value("--rounds", Values.times)
    let repetitions = try arguments.value("--repeat", Values.times)
    let linger = try arguments.value("--linger", Values.pause(upTo: ReplayOptions.mostLinger))
    let hasUpkeep = try arguments.flag("--upkeep")
    let budgets = try arguments.value("--budgets", CompareOptions.budgetList)
    let only = try arguments.value("--only", CompareOptions.nameList)
    let svg = try arguments.value("--svg", Values.file)
    let html = try arguments.value("--html", Values.file)
    let timeLimit = try arguments.value(
      "--timeout", Values.seconds(upTo: ReplayChild.mostSeconds))
    let peers = try arguments.peers()
    self.init(paths: try arguments.operands("TRACE"))
    try arguments.finish()
    self.json = json
    self.rounds = rounds ?? self.rounds
    self.repetitions = repetitions ?? self.repetitions
    self.linger = linger ?? self.linger
    self.hasUpkeep = hasUpkeep
    self.budgets = budgets ?? self.budgets
    self.peers = peers
    self.only = only
    self.svg = svg
    self.html = html
    self.timeLimit = timeLimit
  }

  /// The nanoseconds that all the replays of one process may take.
  ///
  /// - Parameter replay: the time for one replay of the longest trace.
  /// - Returns: the limit that was asked for, else so much for each replay, at most a day, and the
  ///   time that is waited after them.
  package func processLimit(for replay: UInt64) -> UInt64 {
    if let timeLimit { return timeLimit }
    let replays = UInt64(repetitions > 1 ? repetitions + 1 : 1)
    let (product, overflow) = replay.multipliedReportingOverflow(by: replays)
    let most = UInt64(ReplayChild.mostSeconds) * 1_000_000_000
    return (overflow ? most : min(most, product)) + linger
  }

  private static let budgetList = ValueKind<[Ratio]>(
    expects: "different ratios above 0 split by commas such as 1.00,1.20"
  ) { text in
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let ratios = words.compactMap { Values.ratio.parse(String($0)) }
    guard ratios.count == words.count, Set(ratios).count == ratios.count else { return nil }
    return ratios.sorted { $0.millionths < $1.millionths }
  }

  private static let nameList = ValueKind<[String]>(
    expects: "names split by commas such as compound,glibc,jemalloc"
  ) { text in
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return words.contains("") ? nil : words
  }
}
