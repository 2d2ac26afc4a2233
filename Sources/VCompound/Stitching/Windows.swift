// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Maps stitched blocks into windows of address space, and takes the windows down again.
///
/// Life of a window:
///
///     address space and mapping budget set aside      (under the lock)
///     one mmap a piece, a read every 64 KiB to fill the page tables   (no lock)
///     entered in the table: `open` returns            (under the lock)
///     ... the block is in use ...
///     `retire`: out of the table, onto the list of the retired; its frames are free at once
///     torn down with others in a batch: one mmap for neighbours (no table lock)
///
/// Nothing hides from a request: a retired window holds no frames, only mappings and address
/// space, and both are won back before anybody is refused. Whoever finds the budget used up
/// waits for a teardown that is under way (`teardown`), and then does its own.
///
/// A failure at any step undoes the steps before it.
package struct Windows: ~Copyable, Sendable {
  /// A window whose block is gone.
  ///
  /// Its frames are free, or somebody else's; it still maps them.
  package struct Retired {
    let range: Range<Int>
    let mappings: Int
    /// The frames it maps, where it maps nothing else and has no room behind them.
    package let runs: [FrameRun]
    let pageCount: PageCount
  }

  /// What changes.
  ///
  /// Not private, or the compiler cannot lay the lock out in other files.
  struct State: ~Copyable {
    var space = Vmem(name: "windows' address space")
    var table = WindowTable()
    var budget: MappingBudget
    var retired: [Retired] = []
    var retiredMappings = 0
    let system: OperatingSystem

    init(budget: consuming MappingBudget, system: OperatingSystem) {
      self.budget = budget
      self.system = system
    }

    deinit {
      for span in space.spans {
        let place = Windows.place(of: span)
        ForkGuard.remove(at: place.address)
        Orphans.release(at: place.address, byteCount: place.byteCount, system: system)
      }
    }
  }

  let state: Lock<State>

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

  /// The least address space reserved at a time.
  private static let smallestSpan = PageCount(covering: .gibibytes(1))

  /// Makes a manager without any windows; no address space is reserved yet.
  package init(
    budget: consuming MappingBudget, excludeFromDumps: Bool, keptMappings: Int?,
    system: OperatingSystem
  ) {
    batch = keptMappings ?? (CheckedBuild.isOn ? 1 : max(1, min(256, budget.limit / 8)))
    self.system = system
    self.excludeFromDumps = excludeFromDumps
    state = Lock(State(budget: budget, system: system))
  }

  static func place(of range: Range<Int>) -> (address: UInt, byteCount: ByteCount) {
    let address = UInt(bitPattern: range.lowerBound) << UInt(PageCount.pageShift)
    return (address, PageCount(range.count).byteCount)
  }

  // MARK: - Opening

  /// Maps a layout into a fresh window.
  ///
  /// - Parameters:
  ///   - layout: which frames, in which order.
  ///   - arena: whose frames they are.
  ///   - byteCount: the size of the block.
  ///   - isOwned: whether a `CompoundBuffer` will own it.
  ///   - room: pages of address space behind the block, for it to grow into.
  /// - Returns: the window's number and address.
  /// - Throws: `mappingBudget`, or `systemCall`; nothing is left behind then.
  package func open(
    _ layout: Layout, of arena: borrowing Arena, byteCount: ByteCount, isOwned: Bool,
    room: PageCount = 0
  ) throws(CompoundError) -> (slot: Int, address: UInt) {
    // One more than the pieces: the window may split the reservation it lies in.
    let mappings = layout.pieces.count + 1
    try reserveMappings(mappings)
    do throws(CompoundError) {
      let range = try allocateRange(layout, room)
      do throws(CompoundError) {
        try map(layout.pieces, of: arena, at: range.lowerBound, pageCount: layout.pageCount)
      } catch {
        clear([range])
        throw error
      }
      let window = Window(
        range: range, runs: layout.pieces, pageCount: layout.pageCount, mappings: mappings,
        byteCount: byteCount, isOwned: isOwned)
      return state.withLock { ($0.table.insert(window), window.address) }
    } catch {
      state.withLock { $0.budget.release(mappings) }
      throw error
    }
  }

  func reserveMappings(_ count: Int) throws(CompoundError) {
    if state.withLock({ $0.budget.reserve(count) }) { return }
    tearDownRetired()
    try state.withLock { (state: inout State) throws(CompoundError) in
      guard state.budget.reserve(count) else {
        throw .mappingBudget(
          needed: count, available: state.budget.available, limit: state.budget.limit)
      }
    }
  }

  private func allocateRange(
    _ layout: Layout, _ room: PageCount
  ) throws(CompoundError) -> Range<Int> {
    let count = layout.pageCount.rawValue + room.rawValue
    func allocate() -> Range<Int>? {
      state.withLock {
        $0.space.allocate(
          count, .nextFit, Vmem.Constraints(alignment: layout.alignment, phase: layout.phase))
      }
    }
    if let range = allocate() { return range }
    // Room for the request wherever the kernel puts the span, and as much again for others.
    let needed = 2 * count + layout.alignment
    let span = max(PageCount(needed), Self.smallestSpan)
    do throws(CompoundError) {
      try importSpan(span)
    } catch {
      // No room for a span. The retired windows may have left some.
      tearDownRetired()
      guard let range = allocate() else { throw error }
      return range
    }
    guard let range = allocate() else {
      preconditionFailure("a fresh span of \(span) has no room for \(needed) pages")
    }
    return range
  }

  private func importSpan(_ pageCount: PageCount) throws(CompoundError) {
    let reservation = try Mapping(reserving: pageCount.byteCount, system: system)
    try ForkGuard.add(
      at: reservation.address, byteCount: pageCount.byteCount, system: system)
    // From here on the address space owns the range.
    let first = Int(bitPattern: reservation.relinquish() >> UInt(PageCount.pageShift))
    state.withLock { $0.space.add(first..<first + pageCount.rawValue) }
  }

  /// Maps pieces side by side, and fills the page tables of all of them.
  func map(
    _ pieces: [FrameRun], of arena: borrowing Arena, at page: Int, pageCount: PageCount
  ) throws(CompoundError) {
    let place = Self.place(of: page..<page + pageCount.rawValue)
    var address = place.address
    for piece in pieces {
      try arena.map(piece, at: address)
      address += UInt(bitPattern: piece.pageCount.byteCount.rawValue)
    }
    if excludeFromDumps {
      try system.excludeFromDump(at: place.address, byteCount: place.byteCount)
    }
    address = place.address
    for piece in pieces {
      RawMemory.fillPageTable(address, piece.pageCount.byteCount)
      address += UInt(bitPattern: piece.pageCount.byteCount.rawValue)
    }
  }

  // MARK: - Looking

  /// A window by its number, or nil where none has it any more.
  package func window(_ slot: Int) -> Window? {
    state.withLock { $0.table.window(slot) }
  }

  /// The window whose block an address lies in, and its number.
  package func window(containing address: UInt) -> (slot: Int, window: Window)? {
    state.withLock { state in
      state.table.slot(containing: address).map { ($0, state.table[$0]) }
    }
  }

  /// Whether an address lies where windows are, used or not.
  package func reserves(_ address: UInt) -> Bool {
    let page = Int(bitPattern: address >> UInt(PageCount.pageShift))
    return state.withLock { $0.space.span(containing: page) != nil }
  }

  /// Changes what is known of a window.
  package func update<Result>(_ slot: Int, _ body: (inout Window) -> Result) -> Result {
    state.withLock { body(&$0.table[slot]) }
  }

  /// The mappings that could still be had, those of retired windows included.
  package var availableMappings: Int {
    state.withLock { $0.budget.available + $0.retiredMappings }
  }

  /// The mappings in use and at their peak, and the windows in use and awaiting teardown.
  package var counts: (mappings: Int, peak: Int, limit: Int, live: Int, retired: Int) {
    state.withLock {
      ($0.budget.used, $0.budget.peak, $0.budget.limit, $0.table.count, $0.retired.count)
    }
  }

  /// Calls a function for every window in use.
  package func forEach(_ body: (Window) -> Void) {
    state.withLock { $0.table.forEach(body) }
  }

  /// Stops the program unless address space, table and budget agree.
  package func validate() {
    state.withLock { state in
      state.space.validate()
      precondition(state.space.allocatedCount == state.table.count + state.retired.count)
      var mappings = state.retired.reduce(0) { $0 + $1.mappings }
      precondition(mappings == state.retiredMappings)
      state.table.forEach { mappings += $0.mappings }
      precondition(mappings == state.budget.used, "\(mappings) mappings, not \(state.budget.used)")
    }
  }
}
