// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The order of the contenders in each round.
///
/// Rounds come in pairs, one forwards and one backwards, so that within a pair everyone's mean
/// place is the middle: a machine that slows down steadily slows all alike. Each pair begins with
/// another contender; after 2 × *count* rounds everyone was twice at each place.
package enum RoundOrder {
  /// The numbers 0 ..< `count` in the order of a round.
  ///
  /// - Parameters:
  ///   - count: the contenders.
  ///   - round: the round, counted from 0.
  /// - Returns: the numbers, each once.
  package static func order(_ count: Int, round: Int) -> [Int] {
    guard count > 0 else { return [] }
    let start = (round / 2 * step(count)) % count
    let forwards = (0..<count).map { ($0 + start) % count }
    return round % 2 == 0 ? forwards : forwards.reversed()
  }

  /// How far one pair of rounds begins behind the one before.
  ///
  /// Without a common divisor with `count`, so that it comes to every place; far enough that a few
  /// rounds already put everyone at quite different places.
  private static func step(_ count: Int) -> Int {
    var step = max(1, count * 3 / 8)
    while step > 1, divisor(step, count) > 1 { step -= 1 }
    return step
  }

  private static func divisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : divisor(right, left % right)
  }
}
