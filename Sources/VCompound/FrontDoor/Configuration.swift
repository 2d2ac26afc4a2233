// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an allocator is opened with, beside its capacity.
public struct Configuration: Sendable {
  /// When blocks of more than one page are stitched.
  public var fallback: FallbackPolicy = .automatic

  /// The most mappings that stitched blocks may use together, or nil for a quarter of the
  /// kernel's limit for the process (`vm.max_map_count`, 65,530 by default).
  ///
  /// Every run of a stitched block is a mapping. All allocators of a process together use at
  /// most three quarters of the kernel's limit, or this number where it is higher.
  public var mappingLimit: Int?

  /// How much memory the arena may hold beyond the most that was ever in use at once, so that
  /// blocks need not be stitched, as a share of that: 0.2 is a fifth.
  ///
  /// Negative counts as 0.
  ///
  /// A chunk made resident is paid once, a stitched block every time. With 0 the footprint stays
  /// as close to what is alive as whole chunks allow. The capacity is the ceiling in any case.
  public var residencySlack = 0.2

  /// Whether core dumps leave the contents of all blocks out (`MADV_DONTDUMP`).
  public var isExcludedFromDumps = false

  /// Whether memory is overwritten with zeroes as it is freed.
  public var isWipedOnFree = false

  /// The seed of all random choices, which are those of `FallbackPolicy.probability`.
  public var seed: UInt64 = 0

  /// How many mappings of retired windows are kept for use again, in tests; nil for the default.
  package var keptMappings: Int?

  /// What shall fail, in tests.
  package var faultPlan: FaultPlan?

  /// The layers between a request and the frames, to be turned off one by one for measurements.
  package struct Layers: Sendable {
    /// Objects in slabs; else every block has pages of its own.
    package var objects = true
    /// Objects in magazines of threads.
    package var objectMagazines = true
    /// Objects in the depot.
    package var depot = true
    /// Pages in magazines of threads.
    package var pageMagazines = true
  }

  /// Which layers there are.
  package var layers = Layers()

  /// The settings that suit most programs.
  public init() {}
}

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
  /// frames would use up the mapping budget.
  case always

  /// Every block with this probability (0 ... 1), by the configuration's seed; the others when
  /// needed.
  case probability(Double)

  /// The block of the n-th request of more than one page, counted from 1; the others when needed.
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
  var largestCached: Int { mayForce ? 1 : Magazine.largestPageCount }

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
      next() + 1 == UInt64(number) ? .always : .whenNeeded
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
