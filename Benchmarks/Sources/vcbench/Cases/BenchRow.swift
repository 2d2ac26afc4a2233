// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One line of a case: a contender's figures for one quantity.
package struct BenchRow: Equatable, Sendable {
  /// Who, and what of it where that is not plain.
  package let contender: String
  /// What the figures count.
  package let quantity: Quantity
  /// The figures, in the order of the rounds; at least one.
  package let rounds: [Double]
  /// Their median and how far they lie apart.
  package let spread: Spread
  /// The median as a multiple of what the group compares with; nil where that makes no sense.
  package var ratio: Double?

  /// Makes a line without a ratio.
  package init(_ contender: String, _ quantity: Quantity, _ rounds: [Double]) {
    self.contender = contender
    self.quantity = quantity
    self.rounds = rounds
    spread = Spread(rounds)
  }

  /// Gives a line its ratio to another one.
  package mutating func compare(with other: BenchRow) {
    ratio = spread.median / other.spread.median
  }
}

/// What came of one case.
package struct BenchResult: Equatable, Sendable {
  /// A number that is counted once, not measured in rounds.
  package struct Count: Equatable, Sendable {
    /// The key of a JSON object.
    package let key: String
    /// The number.
    package let value: Double

    /// Makes a count.
    package init(_ key: String, _ value: Double) {
      self.key = key
      self.value = value
    }
  }

  /// The lines of its table.
  package var rows: [BenchRow]
  /// What was counted.
  package var counts: [Count] = []
  /// What a reader must know, a line each.
  package var notes: [String] = []

  /// Makes a result.
  package init(_ rows: [BenchRow]) {
    self.rows = rows
  }
}
