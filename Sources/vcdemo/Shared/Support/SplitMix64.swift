// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A small seeded generator: the same seed gives the same numbers on every machine.
///
/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014). Good enough to
/// choose blocks with, and every seed, also 0, is a good one.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  /// Starts the sequence of `seed`.
  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// Spreads what differs in some bits of a number over all of them.
  static func mix(_ number: UInt64) -> UInt64 {
    var mixed = number
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `limit` - 1, by Lemire's multiplication.
  ///
  /// `limit` is at least 1.
  ///
  /// Own code instead of `Int.random(in:using:)`, whose algorithm the standard library may change.
  package mutating func below(_ limit: Int) -> Int {
    precondition(limit > 0, "there is no number below \(limit)")
    return Int(next().multipliedFullWidth(by: UInt64(limit)).high)
  }
}
