// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Maps stitched blocks into windows of address space, and takes the windows down again.
///
/// Life of a window:
///
///     mapping budget, then address space set aside    (two locks, one after the other)
///     one mmap a piece, a read every 64 KiB to fill the page tables   (no lock)
///     entered in the table: `open` returns            (the table's lock)
///     ... the block is in use ...
///     `retire`: on the list of the retired; its frames are free at once
///     torn down with others in a batch: one mmap for neighbours (the lock of teardown)
///
/// Nothing hides from a request: a retired window holds no frames, only mappings and address
/// space, and both are won back before a request is refused. A request that finds the budget used
/// up waits for a teardown that is under way (`teardown`), and then does its own.
///
/// A failure at any step undoes the steps before it.
package struct Windows: ~Copyable, Sendable {
  /// The address space, in pages: its spans come from the kernel, and go back to it.
  let space: ImportingVmem

  let table: Lock<WindowTable>

  /// The table's windows, each for the owner of its block.
  let windows: SharedTable<Window>

  /// Where the runs of all windows are.
  package let runs: RunTable

  /// Held while windows are torn down.
  ///
  /// The tables can be used meanwhile.
  let teardown = Lock<Void>(())

  let system: OperatingSystem
  private let excludeFromDumps: Bool

  /// Retired mappings that are torn down together: enough that a window may be used again before
  /// it goes, few enough that what is kept is small (256 mappings hold 48 KiB of kernel memory,
  /// and the page tables of their windows).
  let batch: Int

  /// The mappings that blocks leave which are stitched by force: a quarter, for those that must be.
  package let sparedMappings: Int

  /// The pages behind each window that are never mapped, so that a write past its end faults.
  private let guardPages: Int

  /// The least address space reserved at a time.
  private static let smallestSpan = PageCount(covering: .gibibytes(1))

  /// Makes a manager without any windows; no address space is reserved yet.
  ///
  /// - Parameters:
  ///   - mappingLimit: the most mappings, or nil for a share of the kernel's limit.
  ///   - mayForce: whether blocks are stitched that need not be.
  ///   - excludeFromDumps: whether core dumps shall leave the contents out.
  ///   - keptMappings: how many mappings of retired windows are kept, or nil for the default.
  ///   - system: what to call.
  /// - Throws: `systemCall`.
  package init(
    mappingLimit: Int? = nil, mayForce: Bool = false, excludeFromDumps: Bool = false,
    keptMappings: Int? = nil, system: OperatingSystem
  ) throws(CompoundError) {
    let budget = MappingBudget(
      limit: mappingLimit, maximumMapCount: readMaximumMapCount(), mayForce: mayForce)
    let limit = max(0, min(budget.limit, 1 << 20))
    // A window has a mapping more than it has runs, so at least two. Between two of them there may
    // be free address space; and a block being moved has two windows.
    let segmentLimit = 2 * limit + 1024
    // Each window has at most as many runs as mappings. A request gathers its runs before it knows
    // how many mappings they take, and a block that is moved has them twice.
    let runs = try RunTable(capacity: 2 * limit + 4096, system: system)
    let space = try ImportingVmem(
      name: "windows' address space", smallestImport: Self.smallestSpan.rawValue,
      segmentLimit: segmentLimit, source: Self.source(system), system: system)
    let table = try WindowTable(count: segmentLimit, budget: budget, system: system)
    batch = keptMappings ?? (CheckedBuild.isOn ? 1 : max(1, min(256, limit / 8)))
    sparedMappings = limit / 4
    guardPages = CheckedBuild.isOn || mayForce ? 1 : 0
    windows = table.shared
    self.runs = runs
    self.space = space
    self.table = Lock(table)
    self.system = system
    self.excludeFromDumps = excludeFromDumps
  }

  /// Spans come from the kernel, and go back to it; children of fork unmap them.
  private static func source(_ system: OperatingSystem) -> Vmem.Source {
    Vmem.Source(
      importSpan: { (request) throws(CompoundError) in
        // Room for the request wherever the kernel puts the span.
        let pages = request.size + request.constraints.alignment
        let range = try ProcessState.reserveSpan(
          byteCount: PageCount(pages).byteCount, system: system)
        let first = Int(bitPattern: range.address >> UInt(PageCount.pageShift))
        return first..<first + pages
      },
      release: { ProcessState.releaseSpans(AddressRange(pages: $0), system: system) })
  }

  // MARK: - Opening

  /// Maps a layout into a fresh window.
  ///
  /// - Parameters:
  ///   - layout: which frames, in which order; the window has its runs from now on.
  ///   - arena: whose frames they are.
  ///   - byteCount: the size of the block.
  ///   - owner: what will free the block.
  ///   - room: pages of address space behind the block, for it to grow into.
  ///   - isMirrored: whether the runs are mapped a second time right behind; without room then.
  ///   - sparing: mappings that must be left in the budget.
  /// - Returns: the window's number and address.
  /// - Throws: `mappingBudget`, or `systemCall`; the runs are the caller's then, and nothing else
  ///   is left behind.
  package func open(
    _ layout: Layout, of arena: borrowing Arena, byteCount: ByteCount, owner: BlockOwner,
    room: PageCount = 0, isMirrored: Bool = false, sparing: Int = 0
  ) throws(CompoundError) -> (number: Int, address: UInt) {
    let copies = isMirrored ? 2 : 1
    // One more than the pieces: the window may split the reservation it lies in.
    let mappings = copies * layout.pieces.count + 1
    try reserveMappings(mappings, sparing: sparing)
    do throws(CompoundError) {
      let pages = layout.pieces.pageCount.rawValue
      let place = try allocateSpace(
        copies * pages + room.rawValue + guardPages,
        Vmem.Constraints(alignment: layout.alignment, phase: layout.phase))
      do throws(CompoundError) {
        for copy in 0..<copies {
          try map(layout.pieces, of: arena, at: place.range.lowerBound + copy * pages)
        }
      } catch {
        clear(place.range)
        throw error
      }
      let window = Window(
        firstPage: place.range.lowerBound, room: layout.pieces.pageCount + room,
        runs: layout.pieces, isMirrored: isMirrored, byteCount: byteCount, mappings: mappings,
        owner: owner)
      table.withLock { $0.insert(window, at: Int(place.index)) }
      return (Int(place.index), window.address)
    } catch {
      table.withLock { $0.budget.release(mappings) }
      throw error
    }
  }

  func reserveMappings(_ count: Int, sparing: Int = 0) throws(CompoundError) {
    if table.withLock({ $0.budget.reserve(count, sparing: sparing) }) { return }
    tearDownRetired()
    try table.withLock { (table: inout WindowTable) throws(CompoundError) in
      guard table.budget.reserve(count, sparing: sparing) else { throw table.shortage(of: count) }
    }
  }

  private func allocateSpace(
    _ size: Int, _ constraints: Vmem.Constraints
  ) throws(CompoundError) -> Vmem.Allocation {
    do throws(CompoundError) {
      if let place = try space.allocate(size, .nextFit, constraints) {
        if table.withLock({ $0.mustAnchor() }) { _ = try space.allocate(1, .nextFit) }
        return place
      }
    } catch {
      // No room for a span. The retired windows may have left some.
      tearDownRetired()
      if let place = try space.allocate(size, .nextFit, constraints) { return place }
    }
    throw table.withLock { $0.shortage(of: 1) }
  }

  /// Maps runs side by side, and fills the page tables of all of them.
  func map(_ pieces: RunList, of arena: borrowing Arena, at page: Int) throws(CompoundError) {
    let place = AddressRange(pages: page..<page + pieces.pageCount.rawValue)
    var address = place.address
    for piece in runs.elements(of: pieces) {
      try arena.map(piece, at: address)
      address += UInt(bitPattern: piece.pageCount.byteCount.rawValue)
    }
    if excludeFromDumps {
      try system.excludeFromDump(at: place.address, byteCount: place.byteCount)
    }
    address = place.address
    for piece in runs.elements(of: pieces) {
      RawMemory.fillPageTable(address, piece.pageCount.byteCount)
      address += UInt(bitPattern: piece.pageCount.byteCount.rawValue)
    }
  }
}

extension Windows {
  /// The pages of page tables that the windows need, retired ones included: one for each 2 MiB that
  /// a window touches.
  package var pageTables: Int {
    table.withLock { table in
      var count = 0
      table.forEach { window in
        let end = window.firstPage + window.mappedPageCount.rawValue - 1
        count += end / PageCount.pagesPerChunk - window.firstPage / PageCount.pagesPerChunk + 1
      }
      return count
    }
  }
}

extension WindowTable {
  /// The error for a request that needs more mappings than there are.
  func shortage(of count: Int) -> CompoundError {
    .mappingBudget(needed: count, available: budget.available, limit: budget.limit)
  }
}
