// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// Which blocks get listed: all, or one for each so many bytes allocated.
///
/// The gaps between sampled bytes are random, with an exponential distribution, as heap profilers
/// have them (gperftools, tcmalloc: `Sampler`). So a block is listed with a probability that its
/// size alone decides, and stands for as many blocks as the reciprocal of that.
package struct CensusSampler: ~Copyable, Sendable {
  /// The bytes from one sample to the next, on an average; 0 where every block is listed.
  package let period: Int

  private let seed: UInt64
  private let drawCount = Atomic<UInt64>(0)

  /// The bytes until the next sample, of threads that have no cache.
  private let common = Atomic<Int>(0)

  init(period: Int, seed: UInt64) {
    self.period = period
    self.seed = seed
  }

  /// Counts bytes that were allocated.
  ///
  /// - Parameters:
  ///   - byteCount: how many, at least 1.
  ///   - countdown: the calling thread's bytes until the next sample, 0 at first; nil where it has
  ///     none.
  /// - Returns: whether one of the bytes is sampled.
  func samples(_ byteCount: ByteCount, _ countdown: borrowing Atomic<Int>) -> Bool {
    guard period > 0 else { return true }
    var left = countdown.load(ordering: .relaxed)
    if left == 0 { left = draw() }
    left -= byteCount.rawValue
    countdown.store(left > 0 ? left : draw(), ordering: .relaxed)
    return left <= 0
  }

  /// The same for a thread that has no countdown.
  func samples(_ byteCount: ByteCount) -> Bool { samples(byteCount, common) }

  /// How many blocks one listed block stands for, whose largest size was this.
  func weight(_ byteCount: ByteCount) -> Float {
    guard period > 0 else { return 1 }
    return Float(-1 / expm1(-Double(byteCount.rawValue) / Double(period)))
  }

  /// The bytes from one sample to the next.
  private func draw() -> Int {
    let number = drawCount.wrappingAdd(1, ordering: .relaxed).newValue
    var mixed = (seed &+ number) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    // In (0, 1].
    let uniform = Double(mixed >> 11 + 1) * 0x1p-53
    return max(1, Int(-log(uniform) * Double(period)))
  }
}
