// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Where values lie on an axis, and which of them are marked.
package struct ChartScale: Sendable {
  /// The values that get a tick, smallest first.
  package let ticks: [Double]

  private let isLogarithmic: Bool
  private let low: Double
  private let high: Double
  private let start: Double
  private let end: Double

  /// Makes a scale on which all the values have room.
  ///
  /// - Parameters:
  ///   - values: at least one; above 0 for a logarithmic scale.
  ///   - isLogarithmic: whether equal ratios are equally long.
  ///   - start: the coordinate of the low end.
  ///   - end: the coordinate of the high end.
  package init(_ values: [Double], isLogarithmic: Bool, from start: Double, to end: Double) {
    let least = values.min() ?? 1
    var most = values.max() ?? 1
    // Noughts alone have no range of their own.
    if least == 0, most == 0 { most = 1 }
    if isLogarithmic {
      // A range of less than 1 : 1.5 would make noise look like a difference.
      let margin = max(pow(most / least, 0.08), sqrt(max(1, 1.5 / (most / least))))
      low = least / margin
      high = most * margin
    } else {
      let margin = max((most - least) * 0.08, 0.02)
      low = least - margin
      high = most + margin
    }
    self.isLogarithmic = isLogarithmic
    self.start = start
    self.end = end
    ticks =
      (isLogarithmic ? ChartScale.decades(low, high) : nil) ?? ChartScale.steps(low, high)
  }

  /// Makes a logarithmic scale with ticks at powers of two: for sizes.
  ///
  /// - Parameters:
  ///   - sizes: at least one, all above 0.
  ///   - start: the coordinate of the low end.
  ///   - end: the coordinate of the high end.
  package init(sizes: [Int], from start: Double, to end: Double) {
    let least = Double(max(1, sizes.min() ?? 1))
    let most = Double(max(1, sizes.max() ?? 1))
    // Half of a step between powers of two is left on either side.
    low = least / 2.0.squareRoot()
    high = most * 2.0.squareRoot()
    isLogarithmic = true
    self.start = start
    self.end = end
    let powers = Int(ceil(log2(low)))...Int(floor(log2(high)))
    let step = (powers.count + 13) / 14
    ticks = powers.filter { $0 % step == 0 }.map { pow(2, Double($0)) }
  }

  /// The coordinate of a value.
  package func position(_ value: Double) -> Double {
    let share =
      isLogarithmic ? log(value / low) / log(high / low) : (value - low) / (high - low)
    return start + share * (end - start)
  }

  /// Round numbers at even steps, about five of them.
  private static func steps(_ low: Double, _ high: Double) -> [Double] {
    let rough = (high - low) / 5
    let unit = pow(10, floor(log10(rough)))
    let factor = [1.0, 2, 2.5, 5, 10].first { $0 * unit >= rough } ?? 10
    let step = factor * unit
    return (Int(ceil(low / step))...max(Int(ceil(low / step)), Int(floor(high / step))))
      .map { Double($0) * step }
  }

  /// The roundest numbers of every power of ten that are at least four; nil where there are none.
  private static func decades(_ low: Double, _ high: Double) -> [Double]? {
    for digits in [[1.0], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]] {
      let ticks = (Int(floor(log10(low)))...Int(floor(log10(high)))).flatMap { exponent in
        digits.map { $0 * pow(10, Double(exponent)) }
      }.filter { $0 >= low && $0 <= high }
      if ticks.count >= 4 { return ticks }
    }
    return nil
  }
}
