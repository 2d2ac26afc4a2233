// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// When blocks of more than one page are stitched from runs that are not neighbours.
///
/// A block of one page never is, unless it asks for an alignment of its own.
public enum FallbackPolicy: Hashable, Sendable {
  /// As the build says: `.always` where FALLBACK_ALWAYS is on, else `.whenNeeded`.
  case automatic

  /// Never: a request that no contiguous run can serve fails.
  case never

  /// Where no contiguous run of resident frames serves the request, whatever the build says.
  case whenNeeded

  /// Every block, from single frames; from fewer and longer pieces, at least two, where single
  /// frames would use up the mapping budget. Where it is used up, a block is served as by
  /// `whenNeeded`, and counted (``AllocatorStatistics/unforcedAllocations``): what `whenNeeded`
  /// grants is never refused.
  case always

  /// Every block with this probability (0 ... 1), by the configuration's seed; the others when
  /// needed.
  case probability(Double)

  /// The block of the n-th request of more than one page, counted from 1; the others when needed.
  /// There is none with a number below 1.
  case nthRequest(Int)
}

/// What a policy comes down to for one request.
enum StitchMode {
  case never
  case whenNeeded
  case always
}

extension FallbackPolicy {
  /// Whether this build has FALLBACK_ALWAYS on.
  static var isAlways: Bool {
    #if FALLBACK_ALWAYS
      true
    #else
      false
    #endif
  }

  /// Whether the policy may demand that a block is stitched.
  var mayForce: Bool {
    switch self {
    case .automatic: Self.isAlways
    case .never, .whenNeeded: false
    case .always, .probability, .nthRequest: true
    }
  }

  /// The largest page count of blocks that may be used again without asking the policy.
  var largestCached: Int { mayForce ? 1 : PageMagazines.largestPageCount }

  /// What the policy says about a request.
  ///
  /// - Parameters:
  ///   - seed: of the random choices.
  ///   - next: counts requests; called only where the policy depends on their number.
  /// - Returns: what to do.
  @inline(__always)
  func mode(seed: UInt64, next: () -> UInt64) -> StitchMode {
    switch self {
    case .automatic: Self.isAlways ? .always : .whenNeeded
    case .never: .never
    case .whenNeeded: .whenNeeded
    case .always: .always
    case .probability(let share):
      Self.unitRandom(seed: seed, index: next()) < share ? .always : .whenNeeded
    case .nthRequest(let number):
      number > 0 && next() + 1 == UInt64(number) ? .always : .whenNeeded
    }
  }

  /// A number in 0 ..< 1 that depends on seed and index only: SplitMix64 (Steele, Lea and Flood,
  /// 2014), which needs no state that threads would have to share.
  static func unitRandom(seed: UInt64, index: UInt64) -> Double {
    var bits = seed &+ (index &+ 1) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Double(bits >> 11) * 0x1p-53
  }
}
