// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How many of the last requests were stitched: an exponential mean, in which each new request
/// counts a sixty-fourth.
///
/// Pure arithmetic, in a few instructions: it is kept where blocks are taken from the frames.
package struct Pressure: Sendable {
  /// The share, in units of 2^-30.
  private var mean: UInt32 = 0

  /// The binary logarithm of the requests that the mean is of, more or less.
  private static var shift: UInt32 { 6 }

  /// Nothing has been stitched yet.
  package init() {}

  /// Counts a request.
  @inline(__always)
  package mutating func note(isStitched: Bool) {
    mean &-= mean &>> Self.shift
    if isStitched { mean &+= 1 << (30 - Self.shift) }
  }

  /// The share of the last requests that were stitched, from 0 to 1.
  package var share: Double { Double(mean) / 0x1p30 }
}
