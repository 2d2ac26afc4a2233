// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The middle of some measurements, and how far they lie apart.
package struct Spread: Equatable, Sendable {
  /// The median; of an even number of values the mean of the two in the middle.
  package let median: Double
  /// The least value.
  package let least: Double
  /// The largest value.
  package let most: Double

  /// Summarizes at least one value.
  package init(_ values: [Double]) {
    let sorted = values.sorted()
    precondition(!sorted.isEmpty, "nothing has no median")
    let middle = sorted.count / 2
    let isEven = sorted.count % 2 == 0
    median = isEven ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    least = sorted[0]
    most = sorted[sorted.count - 1]
  }

  /// The geometric mean; nil where there is no value or one is not above 0.
  package static func geometricMean(_ values: [Double]) -> Double? {
    guard !values.isEmpty, values.allSatisfy({ $0 > 0 }) else { return nil }
    return exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
  }
}
