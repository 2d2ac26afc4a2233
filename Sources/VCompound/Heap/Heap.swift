// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One arena and all that is known of it: the parts, side by side.
///
/// What a request meets, from top to bottom, is in the extensions: `Heap+Allocate` is the ladder,
/// `Heap+Obtain` finds frames for it. `Door` is the way in, `Lifetime` says when the heap ends.
package final class Heap: Sendable {
  /// The memory.
  package let arena: Arena
  /// Where each frame is.
  package let pages: Pages
  /// Stitched blocks.
  package let windows: Windows
  /// The magazines of threads.
  let threads: ThreadCaches
  /// Blocks smaller than a page, or not much larger.
  let objects: ObjectCaches
  /// Pools and object caches, whose pages can be reclaimed.
  let reclaimers = Reclaimers()
  /// Functions of the program that free memory.
  let shrinkers: Shrinkers
  /// The magazines of object caches.
  let shelves = Shelves()
  /// What was decided when the heap was opened.
  let policy: Policy
  /// Tells a child of fork.
  let sentinel: ForkSentinel
  /// The queue of requests that resident frames cannot serve.
  ///
  /// Held across the system calls that make memory resident or give it back. A request that
  /// resident frames can serve never waits for it.
  let growth = Lock<Void>(())

  /// Works off the path of requests, if asked to.
  let helper = Helper()
  /// Requests that wait until memory is freed.
  let line = Line()

  let system: OperatingSystem

  /// The blocks that are listed, if any are (`Policy.hasCensus`).
  ///
  /// Last, so that paths without a census find their fields where they were.
  let census: Census?

  /// The largest arena: block records and indices count frames in 31 bits.
  package static let maximumCapacity = ByteCount.tebibytes(8)

  /// Opens an arena.
  ///
  /// - Throws: `invalidSize`, `unsupportedPageSize`, `systemCall`.
  package init(
    capacity: PageCount, configuration: AllocatorConfiguration
  ) throws(CompoundError) {
    guard capacity > 0, capacity <= PageCount(covering: Self.maximumCapacity) else {
      throw .invalidSize(capacity.byteCount, capacity: Self.maximumCapacity)
    }
    let pageSize = readPageSize()
    guard pageSize == .page else { throw .unsupportedPageSize(pageSize) }

    let system = OperatingSystem(faults: configuration.faultPlan, tables: TableRegister())
    try ProcessState.prepareForFork(system: system)
    let policy = Policy(
      configuration, capacity: capacity, canReclaim: (try? system.registerBarrier()) != nil)
    let sentinel = try ForkSentinel(system: system)
    let arena = try Self.openArena(capacity, configuration, system)
    let space = arena.space
    let pages = try Pages(pageCount: capacity, space: space, system: system)
    let windows = try Windows(
      mappingLimit: configuration.mappingLimit, mayForce: configuration.fallback.mayForce,
      excludeFromDumps: configuration.excludesMemoryFromDumps,
      keptMappings: configuration.keptMappings, system: system)
    let objects = try ObjectCaches(
      pageCount: capacity, space: space, base: arena.address(of: PageFrame(0)),
      longestSlab: configuration.fallback.largestCached == 1 ? 1 : SlabShape.longest,
      freeByte: configuration.wipesFreedMemory ? 0 : CheckedBuild.poison,
      layers: ObjectCaches.Layers(
        magazines: configuration.layers.objectMagazines, depot: configuration.layers.depot),
      system: system)
    census = try configuration.census.period.map { period throws(CompoundError) in
      try Census(
        limit: Census.limit(capacity: capacity), period: period, seed: configuration.seed,
        system: system)
    }
    threads = ThreadCaches(
      limits: MagazineLimits(capacity: capacity), isOn: policy.canReclaim, scrubs: policy.scrubs,
      lists: policy.hasCensus, system: system)
    self.arena = arena
    self.pages = pages
    self.windows = windows
    self.objects = objects
    self.policy = policy
    shrinkers = Shrinkers(softLimit: configuration.softLimit)
    self.sentinel = sentinel
    self.system = system
  }

  /// Opens an arena with frames beyond the capacity; or where a limit of the process on addresses
  /// or files forbids that, with as many as the capacity, which exchange rarely finds room in.
  private static func openArena(
    _ capacity: PageCount, _ configuration: AllocatorConfiguration, _ system: OperatingSystem
  ) throws(CompoundError) -> Arena {
    func open(_ space: PageCount) throws(CompoundError) -> Arena {
      try Arena(
        space: space, name: configuration.name,
        excludeFromDumps: configuration.excludesMemoryFromDumps, system: system)
    }
    do throws(CompoundError) {
      return try open(space(for: capacity))
    } catch {
      return try open(capacity)
    }
  }

  /// The capacity: the most pages that have memory at a time.
  package var pageCount: PageCount { policy.capacity }

  /// The frames of an arena: sixteen times the capacity, and at least 2 GiB or a chunk for each
  /// page, whichever is less; 8 TiB at most, as indices have 31 bits.
  ///
  /// Exchange needs absent chunks beside those that the last frames in use keep. Addresses cost
  /// nothing; tables cost memory only where they are used.
  private static func space(for capacity: PageCount) -> PageCount {
    let pages = capacity.rawValue
    let chunks = max(16 * ((pages + 511) / PageCount.pagesPerChunk), min(pages + 1, 1024))
    return min(
      PageCount(chunks * PageCount.pagesPerChunk), PageCount(covering: maximumCapacity))
  }

  deinit {
    if CheckedBuild.isOn { stopIfLeaked() }
  }
}
