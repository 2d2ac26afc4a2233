// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What was decided when the heap was opened, and what decides from request to request.
struct Policy: ~Copyable, Sendable {
  /// The name of the arena.
  let name: String

  /// When blocks are stitched.
  let fallback: FallbackPolicy

  /// The most pages that have memory at a time.
  let capacity: PageCount

  /// Whether scattered free memory may be exchanged.
  let mayExchange: Bool

  /// What the helper thread does.
  let upkeep: ArenaUpkeep?

  /// Whether the helper thread makes runs of scattered memory.
  var heals: Bool {
    mayExchange && !fallback.mayForce && (upkeep?.healingPerSecond ?? 0) > 0
  }

  private let seed: UInt64
  private let requestNumber = Atomic<UInt64>(0)

  /// See `AllocatorConfiguration.residencySlack`: at least 0, and finite.
  let residencySlack: Double

  /// Whether memory is overwritten with zeroes as it is freed.
  let wipesFreedMemory: Bool

  /// Whether memory is overwritten as it is freed: with zeroes, or in checked builds with a
  /// pattern.
  let scrubs: Bool

  /// Whether blocks are listed.
  let hasCensus: Bool

  /// Whether memory is overwritten on the path that takes no lock: what is listed must be taken off
  /// the list first.
  let scrubsAtOnce: Bool

  /// Whether cached memory can be reclaimed, which needs membarrier(2).
  ///
  /// If not, nothing is cached.
  let canReclaim: Bool

  /// The largest page count that is kept in magazines; 0 where there are none.
  let largestCached: Int

  /// The largest page count that is put into magazines now; see `noteStitch`.
  let cacheCeiling: Atomic<Int>

  /// The most bytes that an object has; 0 where there are no objects.
  let objectLimit: Int

  /// The smallest arena in which objects of more than a page share slabs: 256 MiB.
  ///
  /// A slab of which one object is in use holds up to eight pages for it, and there are 24 classes
  /// of that kind: some 150 pages at worst, which a request may need that is refused then. That is
  /// a five-hundredth of such an arena. In smaller ones those sizes have pages of their own: at a
  /// capacity of just what is alive, a trace of ffmpeg is refused a block otherwise.
  private static var leastForLargeObjects: PageCount { 65_536 }

  /// Decides for an arena.
  init(_ configuration: AllocatorConfiguration, capacity: PageCount, canReclaim: Bool) {
    self.capacity = capacity
    name = configuration.name
    fallback = configuration.fallback
    mayExchange = configuration.mayExchange && fallback != .never
    upkeep = configuration.upkeep
    seed = configuration.seed
    // Negative numbers and NaN fail the comparison. 2^31 times a page is more than any arena.
    let slack = configuration.residencySlack
    residencySlack = slack > 0 ? min(slack, 0x1p31) : 0
    wipesFreedMemory = configuration.wipesFreedMemory
    scrubs = configuration.wipesFreedMemory || CheckedBuild.isOn
    hasCensus = configuration.census.period != nil
    scrubsAtOnce = scrubs && !hasCensus
    self.canReclaim = canReclaim
    let layers = configuration.layers
    largestCached = canReclaim && layers.pageMagazines ? fallback.largestCached : 0
    cacheCeiling = Atomic(largestCached)
    // Where blocks of more than a page must be stitched, no slab has more than one.
    let isSmall = capacity < Self.leastForLargeObjects
    let largestObject = fallback.mayForce || isSmall ? PageCount.bytesPerPage : SizeClass.largest
    objectLimit = layers.objects ? largestObject : 0
  }

  /// What the fallback policy says about the next request.
  func stitching(pageCount: PageCount) -> StitchMode {
    guard pageCount > 1 else { return .whenNeeded }
    return fallback.mode(seed: seed) { requestNumber.wrappingAdd(1, ordering: .relaxed).oldValue }
  }

  // MARK: What is worth keeping in magazines

  /// The page count that magazines are kept for even where memory is fragmented.
  private static let smallest = 4

  /// The frees past the magazines, without a block stitched, after which larger blocks are kept.
  private static let calm = 1024

  /// Lowers the ceiling of the magazines, because a block had to be stitched.
  ///
  /// What is in magazines cannot merge. On the numpy trace, keeping large blocks had twice as
  /// many others stitched, at a hundred microseconds each, for some fifty nanoseconds gained.
  func noteStitch(_ ledger: inout Ledger) {
    ledger.calmFrees = 0
    cacheCeiling.store(min(Self.smallest, largestCached), ordering: .relaxed)
  }

  /// Counts a free past the magazines, and doubles the ceiling once in a while.
  @inline(__always)
  func noteFree(_ ledger: inout Ledger, _ number: Int = 1) {
    ledger.notePeak()
    ledger.counts.frees += number
    ledger.calmFrees += 1
    guard ledger.calmFrees >= Self.calm else { return }
    ledger.calmFrees = 0
    let ceiling = cacheCeiling.load(ordering: .relaxed)
    cacheCeiling.store(min(2 * ceiling, largestCached), ordering: .relaxed)
  }
}
