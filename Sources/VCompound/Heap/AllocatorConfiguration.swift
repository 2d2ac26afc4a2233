// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an allocator is opened with, beside its capacity.
public struct AllocatorConfiguration: Sendable {
  /// The name of the arena's file: mappings of the arena show it in `/proc/PID/maps` and `smaps`,
  /// as `/memfd:NAME`.
  ///
  /// The kernel takes 249 bytes of UTF-8. A longer name is cut off before the character that does
  /// not fit, and any name before a NUL: no request fails for the sake of a name.
  public var name = "vcompound"

  /// When blocks of more than one page are stitched.
  public var fallback: FallbackPolicy = .automatic

  /// The most mappings that stitched blocks may use together, or nil for a quarter of the
  /// kernel's limit for the process (`vm.max_map_count`, 65,530 by default); for a half of it where
  /// the policy forces stitching.
  ///
  /// Every run of a stitched block is a mapping. All allocators of a process together use at
  /// most three quarters of the kernel's limit, or this number where it is higher.
  public var mappingLimit: Int?

  /// How much memory the arena may hold beyond the most that was ever in use at once, so that
  /// blocks need not be stitched, as a share of that: 0.2 is a fifth.
  ///
  /// Negative counts as 0, and so does what is no number; the capacity is the ceiling in any case.
  ///
  /// It is a chunk of 2 MiB at least, since less cannot become resident, unless it is 0.
  ///
  /// A chunk made resident is paid once, a stitched block every time. With 0 the footprint stays
  /// as close to what is alive as whole chunks allow.
  public var residencySlack = 0.2

  /// Whether scattered free pages may give their memory to as many others that lie side by side,
  /// where stitching them would cost more, or no mappings are left to stitch with.
  ///
  /// Without it, free memory merges when neighbours are freed, not otherwise, and a request fails
  /// for which there are no mappings. Policies that never stitch do without it, too.
  public var mayExchange = true

  /// What a thread of the allocator's own does off the path of requests; nil, the default: there is
  /// no such thread.
  public var upkeep: ArenaUpkeep?

  /// How much should be in use at most, or nil for the capacity: beyond it, functions of the
  /// program free memory (``CompoundAllocator/addReclaimer(for:_:)``) before a request is served.
  ///
  /// No request is refused for it. The last per cents of an arena cost most, since what is free
  /// lies scattered there: a cache that is kept 90 per cent full takes an eighth of the time of one
  /// that is kept full (<doc:WhenToUse>).
  public var softLimit: ByteCount?

  /// Which blocks are listed, with their labels, for ``CompoundAllocator/census()``; none by
  /// default.
  public var census: CensusCoverage = .off

  /// Whether core dumps leave the contents of all blocks out (`MADV_DONTDUMP`).
  public var excludesMemoryFromDumps = false

  /// Whether memory is overwritten with zeroes as it is freed.
  public var wipesFreedMemory = false

  /// The seed of all random choices: those of `FallbackPolicy.probability` and
  /// `CensusCoverage.sampled`.
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
