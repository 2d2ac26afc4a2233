// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The figures of one way.
package struct ReadRow: Sendable {
  /// The way.
  package let way: PageWay
  /// Its measurements, at least one.
  package let rounds: [ReadRound]

  /// Makes a row.
  package init(_ way: PageWay, _ rounds: [ReadRound]) {
    self.way = way
    self.rounds = rounds
  }

  /// The spread of a figure.
  package func spread(_ figure: (ReadRound) -> Double) -> Spread { Spread(rounds.map(figure)) }

  /// The spread of a figure that not every way has.
  package func spread(_ figure: (ReadRound) -> Double?) -> Spread? {
    let known = rounds.compactMap(figure)
    return known.isEmpty ? nil : Spread(known)
  }

  /// The hash of the files, or nil where the rounds do not agree.
  package var hash: UInt64? {
    rounds.allSatisfy { $0.hash == rounds[0].hash } ? rounds[0].hash : nil
  }
}

/// What came of `vcbench read`.
package struct ReadResult: Sendable {
  /// What was asked for.
  package let options: ReadOptions
  /// What was read.
  package let job: ReadJob
  /// A row for each way.
  package let rows: [ReadRow]

  /// Measures all the ways in turn.
  ///
  /// - Parameters:
  ///   - options: what is asked for.
  ///   - job: what to read.
  /// - Throws: a failure where something could not be read, or no memory was there for it.
  package init(_ options: ReadOptions, _ job: ReadJob) throws(CommandFailure) {
    var benches: [ReadBench] = []
    for way in options.ways { benches.append(try ReadBench(way, options)) }
    let rounds = try Rounds.alternate(
      "read", rounds: options.rounds, contenders: benches.count
    ) { (way, _) throws(CommandFailure) in
      try benches[way].measure(job)
    }
    self.options = options
    self.job = job
    rows = zip(options.ways, rounds).map { ReadRow($0, $1) }
  }

  /// Makes a result of measurements.
  package init(_ options: ReadOptions, _ job: ReadJob, rows: [ReadRow]) {
    self.options = options
    self.job = job
    self.rows = rows
  }

  /// What went wrong, a line each, every line once.
  package var violations: [String] {
    var lines: [String] = []
    for line in rows.flatMap({ $0.rounds.flatMap(\.violations) }) where !lines.contains(line) {
      lines.append(line)
    }
    return lines
  }

  /// How much faster a way is than page by page: of the bytes in a second, the medians.
  package func ratio(_ row: ReadRow) -> Double? {
    guard let base = rows.first(where: { $0.way == .frames }) else { return nil }
    let below = base.spread(\.bytesPerSecond).median
    return below > 0 ? row.spread(\.bytesPerSecond).median / below : nil
  }
}
