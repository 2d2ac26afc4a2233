// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Everything behind the front door: the rooms, and what moves between them.
///
/// Locks, and what each guards:
///
/// - `ledger`: frames, block records and counts. Held for a few dozen instructions, never across
///   a system call.
/// - `caches`: the magazines of all threads, while somebody hands one out or empties them.
/// - those of the size classes, in `ObjectCaches`: their slabs and depots. Taken after `caches`
///   and before `ledger`.
/// - `growth`: the order in which chunks become resident or are given back. It is the queue of
///   those who wait for memory: it is held across the system calls that make memory, and nobody
///   whom the resident frames can serve ever waits for it. Taken before `ledger`.
/// - inside `Windows`: its tables, and the teardown. Never taken together with `ledger`.
///
/// The engine outlives its `CompoundAllocator` while buffers are out: see `closeFrontDoor`.
package final class Engine: Sendable {
  /// Frames, blocks and counts, which change together.
  package struct Ledger: ~Copyable {
    var frames: Frames
    var blocks: BlockTable
    var counts = Counts()

    init(pageCount: PageCount, system: OperatingSystem) throws(CompoundError) {
      let frames = try Frames(pageCount: pageCount, system: system)
      let blocks = try BlockTable(pageCount: pageCount, system: system)
      self.frames = frames
      self.blocks = blocks
    }
  }

  /// What has happened, and what is out.
  struct Counts {
    var contiguousAllocations = 0
    var stitchedAllocations = 0
    var stitchedRuns = 0
    var failures = 0
    var frees = 0
    /// Frames with memory behind them, in use or free.
    var resident: PageCount = 0
    var peakResident: PageCount = 0
    /// Blocks freed past the magazines since a block was last stitched, or the ceiling raised.
    var calmFrees = 0
    /// The most frames that were ever in use at once.
    var peakUsed: PageCount = 0
    /// Blocks that belong to a `CompoundBuffer`.
    var owned = 0
    /// Blocks that belong to a pointer.
    var unmanaged = 0
    /// Objects that belong to a `CompoundBuffer`; in neither of the above.
    var ownedObjects = 0
    /// Whether the `CompoundAllocator` is gone and the engine holds itself.
    var isHeldByBuffers = false
  }

  package let arena: Arena
  package let windows: Windows
  let sentinel: ForkSentinel
  let configuration: Configuration
  let ledger: Lock<Ledger>
  let growth = Lock<Void>(())
  private let requestNumber = Atomic<UInt64>(0)

  /// The engine's number, by which threads know their caches in it.
  let number: UInt64

  /// The caches of all threads.
  ///
  /// Taken after `growth` and before `ledger`.
  let caches = Lock(CacheList())

  /// Blocks that were made inaccessible, and cannot be used before the kernel undoes that.
  let inaccessible = Lock<[(place: PackedPlace, order: Order)]>([])

  /// The smallest arena in which objects of more than a page share slabs: 256 MiB.
  ///
  /// A slab of which one object is in use holds up to eight pages for it, and there are 24 classes
  /// of that kind: some 150 pages at worst, which a request may need that is refused then. That is
  /// a five-hundredth of such an arena. In smaller ones those sizes have pages of their own: at a
  /// capacity of just what is alive, a trace of ffmpeg is refused a block otherwise.
  private static var leastForLargeObjects: PageCount { 65_536 }

  /// The block records, for whoever a block belongs to; the ledger's own table.
  let records: SharedTable<BlockTable.Record>

  /// Whether what owners of caches keep can be taken back; else nobody may keep anything.
  package let canReclaim: Bool

  /// The largest page count that is kept in magazines; 0 where there are none.
  let largestCached: Int

  /// The largest page count that is put into magazines now; see `noteStitch`.
  let cacheCeiling: Atomic<Int>

  /// The most pages that one thread keeps.
  let cachePageLimit: Int

  /// Objects, which are smaller than pages or not whole pages.
  let objects: ObjectCaches

  /// What checked builds know of objects.
  let objectChecks: ObjectChecks

  /// The most bytes that an object has; 0 where there are no objects.
  let objectLimit: Int

  /// Whether threads have caches.
  let hasThreadCaches: Bool

  /// The engine's number, or one that no thread knows where memory is overwritten as it is freed.
  let scrublessNumber: UInt64

  /// Whether memory is overwritten as it is freed.
  let scrubs: Bool

  let system: OperatingSystem

  /// The largest arena: block records and indices count frames in 31 bits.
  package static let maximumCapacity = ByteCount.tebibytes(8)

  /// Opens an arena.
  package init(
    capacity: PageCount, configuration: Configuration
  ) throws(CompoundError) {
    guard capacity > 0, capacity <= PageCount(covering: Self.maximumCapacity) else {
      throw .invalidSize(capacity.byteCount, capacity: Self.maximumCapacity)
    }
    let pageSize = readPageSize()
    guard pageSize == .page else { throw .unsupportedPageSize(pageSize) }

    let system = OperatingSystem(faults: configuration.faultPlan)
    let sentinel = try ForkSentinel(system: system)
    let ledger = try Ledger(pageCount: capacity, system: system)
    let arena = try Arena(
      pageCount: capacity, excludeFromDumps: configuration.isExcludedFromDumps, system: system)
    let budget = MappingBudget(
      limit: configuration.mappingLimit, maximumMapCount: readMaximumMapCount())
    windows = Windows(
      budget: budget, excludeFromDumps: configuration.isExcludedFromDumps,
      keptMappings: configuration.keptMappings, system: system)
    let base = arena.address(of: Frame(0))
    self.arena = arena
    self.sentinel = sentinel
    records = ledger.blocks.sharedRecords
    self.ledger = Lock(ledger)
    self.configuration = configuration
    self.system = system
    scrubs = configuration.isWipedOnFree || CheckedBuild.isOn
    // Without the barrier nobody could take back what a thread keeps, so nothing is kept.
    let canReclaim = (try? system.registerBarrier()) != nil
    self.canReclaim = canReclaim
    hasThreadCaches = canReclaim
    let layers = configuration.layers
    largestCached = canReclaim && layers.pageMagazines ? configuration.fallback.largestCached : 0
    cacheCeiling = Atomic(largestCached)
    // A sixteenth of the arena, and not more than two of the largest blocks: enough for what a
    // thread uses over and over, and little to take back.
    cachePageLimit = min(2 * Magazine.largestPageCount, capacity.rawValue / 16)
    // Where blocks of more than a page must be stitched, no slab has more than one.
    let isSmall = capacity < Self.leastForLargeObjects
    let largestObject =
      configuration.fallback.mayForce || isSmall ? PageCount.bytesPerPage : SizeClass.largest
    objectLimit = layers.objects ? largestObject : 0
    objects = try ObjectCaches(
      pageCount: capacity, base: base,
      longestSlab: configuration.fallback.largestCached == 1 ? 1 : SlabShape.longest,
      layers: ObjectCaches.Layers(magazines: layers.objectMagazines, depot: layers.depot),
      system: system)
    objectChecks = try ObjectChecks(
      pageCount: capacity, base: base,
      freeByte: configuration.isWipedOnFree ? 0 : CheckedBuild.poison, system: system)
    number = EngineDirectory.newNumber()
    scrublessNumber = scrubs ? .max : number
    EngineDirectory.add(number) { [weak self] cache in self?.threadEnded(cache) }
  }

  /// See `Configuration.residencySlack`.
  var residencySlack: Double { max(0, configuration.residencySlack) }

  /// The pages of the arena.
  package var pageCount: PageCount { arena.pageCount }

  /// What the fallback policy says about the next request.
  @inline(__always)
  func mode(pageCount: PageCount) -> StitchMode {
    let mode =
      pageCount == 1
      ? StitchMode.whenNeeded
      : configuration.fallback.mode(seed: configuration.seed) {
        requestNumber.wrappingAdd(1, ordering: .relaxed).oldValue
      }
    return mode
  }

  // MARK: - Lifetime

  /// Lets go of the engine on behalf of its `CompoundAllocator`.
  ///
  /// Swift may end an allocator's life right after its last use, while buffers taken from it are
  /// still in scope. So the engine holds itself while buffers are out, and the last one lets it
  /// go. Counting references on every allocation would do the same at the cost of two atomic
  /// operations each.
  func closeFrontDoor() {
    if sentinel.isInChild {
      // The addresses may belong to somebody else in this process by now: touch nothing.
      _ = unsafe Unmanaged.passRetained(self)
      return
    }
    closeCaches()
    // Held before the buffers are told to let go, which one of them may do at once.
    let held = unsafe Unmanaged.passRetained(self)
    let mustStay = ledger.withLock { ledger in
      ledger.counts.isHeldByBuffers = ledger.counts.owned + ledger.counts.ownedObjects > 0
      return ledger.counts.isHeldByBuffers
    }
    if !mustStay { unsafe held.release() }
  }

  /// Lets the engine go if this was the last buffer of an allocator that is gone.
  @inline(__always)
  func releaseIfLast(_ isLast: Bool) {
    if isLast { unsafe Unmanaged.passUnretained(self).release() }
  }

  deinit {
    EngineDirectory.remove(number)
    if CheckedBuild.isOn, let leak = firstUnmanagedBlock() {
      stop(
        "leak: the allocator is gone, and nobody has freed the block at "
          + "\(hexadecimal(leak.address)) of \(leak.byteCount)"
          + (leak.others == 0 ? "" : " and \(leak.others) more"))
    }
  }

  private func firstUnmanagedBlock() -> (address: UInt, byteCount: ByteCount, others: Int)? {
    let out = ledger.withLock { $0.counts.unmanaged } + unmanagedObjectCount
    guard out > 0 else { return nil }
    var found = firstUnmanagedObject()
    windows.forEach { window in
      if found == nil, !window.isOwned { found = (window.address, window.byteCount) }
    }
    ledger.withLock { ledger in
      guard found == nil else { return }
      var frame = Frame(0)
      while found == nil, frame.rawValue < pageCount.rawValue {
        if let head = ledger.blocks.nextHead(from: frame) {
          let record = ledger.blocks[head]
          if record.slot == nil, !record.isOwned, !record.isSlab {
            found = (arena.address(of: head), record.byteCount)
          }
          frame = head + 1
        } else {
          let chunk = frame.rawValue / PageCount.pagesPerChunk + 1
          frame = Frame(chunk * PageCount.pagesPerChunk)
        }
      }
    }
    return found.map { ($0.address, $0.byteCount, out - 1) }
  }
}

/// An address as people write it.
func hexadecimal(_ address: UInt) -> String { "0x" + String(address, radix: 16) }
