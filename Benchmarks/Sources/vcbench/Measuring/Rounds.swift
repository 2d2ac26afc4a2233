// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Takes measurements of several contenders in turn, so that what disturbs the machine for a while
/// disturbs all of them.
package enum Rounds {
  /// Measures every contender once a round.
  ///
  /// - Parameters:
  ///   - what: the name of the work, for the progress line.
  ///   - rounds: how many rounds, at least 1.
  ///   - contenders: how many contenders.
  ///   - measure: takes one measurement of the contender with this index, in this round.
  /// - Returns: for every contender, its figures in the order of the rounds.
  /// - Throws: the first failure of a measurement.
  package static func alternate<Figure>(
    _ what: String, rounds: Int, contenders: Int,
    _ measure: (_ contender: Int, _ round: Int) throws(CommandFailure) -> Figure
  ) throws(CommandFailure) -> [[Figure]] {
    var figures = [[Figure]](repeating: [], count: contenders)
    var progress = Progress(what)
    defer { progress.finish() }
    for round in 0..<rounds {
      for (step, contender) in RoundOrder.order(contenders, round: round).enumerated() {
        figures[contender].append(try measure(contender, round))
        progress.update(round * contenders + step + 1, of: rounds * contenders)
      }
    }
    return figures
  }
}
