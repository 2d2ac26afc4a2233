// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Where each frame is: frames, block records and accounts, which change together.
///
/// Every function moves frames from one account to another, and changes all tables that know of
/// them. Not thread-safe: `Pages` holds the lock.
package struct Ledger: ~Copyable {
  package internal(set) var frames: Frames
  package internal(set) var blocks: BlockTable
  package private(set) var accounts = Accounts()
  package internal(set) var residency = Residency()
  package var counts = Counts()
  package internal(set) var pressure = Pressure()

  /// Requests that wait for frames in transit; see `Pages.wait`.
  var waiting = 0

  /// Blocks freed past the magazines since a block was last stitched, or the ceiling raised.
  package var calmFrees = 0

  /// How often frames have become free: what a request that waits looks at.
  package internal(set) var gains = 0

  /// Last, since it is large and rarely used.
  package var refusals = RefusalCounts()

  /// Makes a ledger in which all frames are absent.
  init(
    pageCount: PageCount, space: PageCount, system: OperatingSystem
  ) throws(CompoundError) {
    let frames = try Frames(pageCount: pageCount, space: space, system: system)
    let blocks = try BlockTable(pageCount: space, system: system)
    self.frames = frames
    self.blocks = blocks
  }

  /// Has requests that wait look again: an object is free.
  package mutating func noteGain() { gains &+= 1 }

  // MARK: Taking

  /// Takes one run of free frames with memory.
  ///
  /// - Parameters:
  ///   - count: the frames wanted.
  ///   - alignment: in pages, a power of two.
  ///   - account: where they go.
  /// - Returns: nil where no run fits; nothing has changed then.
  @inline(__always)
  package mutating func takeRun(
    _ count: PageCount, alignment: PageCount = 1, to account: Accounts.Name
  ) -> FrameRun? {
    guard let run = frames.takeContiguous(count, alignment: alignment) else { return nil }
    accounts.add(count, to: account)
    return run
  }

  /// Takes one run and enters it as a block.
  @inline(__always)
  package mutating func takeBlock(
    _ count: PageCount, alignment: PageCount = 1, _ record: BlockTable.Record
  ) -> FrameRun? {
    guard let run = takeRun(count, alignment: alignment, to: .out) else { return nil }
    blocks.insert(run, record)
    if count > 1 { pressure.note(isStitched: false) }
    counts.contiguousAllocations += 1
    counts.enter(record.owner)
    return run
  }

  /// Takes blocks of one size that lie side by side, and enters them.
  ///
  /// - Returns: the frames of at least one block and at most `count`, or nil.
  @inline(__always)
  package mutating func takeBlocks(
    _ count: Int, of size: PageCount, _ record: BlockTable.Record
  ) -> FrameRun? {
    guard let run = frames.takeBlocks(count, of: size) else { return nil }
    accounts.add(run.pageCount, to: .out)
    blocks.insertBlocks(run, of: size, record)
    if size > 1 { pressure.note(isStitched: false) }
    let number = run.pageCount.rawValue / size.rawValue
    counts.contiguousAllocations += number
    counts.enter(record.owner, number)
    return run
  }

  /// Takes a block, and some of the same size behind it for a thread's magazine.
  ///
  /// What is in a magazine counts as freed: so it is not counted here, neither as an allocation nor
  /// as a free.
  ///
  /// - Returns: the frames of all, of `count` blocks at most; nil where no run holds one.
  package mutating func takeBatch(
    _ count: Int, of size: PageCount, _ record: BlockTable.Record
  ) -> FrameRun? {
    let kept = BlockTable.Record(byteCount: size.byteCount, owner: .pointer).cached
    guard let run = takeBlocks(count, of: size, kept) else { return nil }
    blocks.update(run.first, record)
    counts.enter(.pointer, -1)
    counts.enter(record.owner)
    let number = run.pageCount.rawValue / size.rawValue - 1
    counts.contiguousAllocations -= number
    counts.frees -= number
    return run
  }

  /// Takes the frames right behind a block, which has another record then.
  ///
  /// - Returns: whether they were free.
  package mutating func extendBlock(
    _ run: FrameRun, by count: PageCount, _ record: BlockTable.Record
  ) -> Bool {
    guard frames.takeNext(run.end, count) else { return false }
    accounts.add(count, to: .out)
    blocks.update(run.first, record)
    blocks.carry(FrameRun(first: run.first, pageCount: run.pageCount + count))
    return true
  }

  /// Takes frames in as few runs as there can be, to transit.
  ///
  /// - Returns: nil where fewer are free with memory, or in more than `limit` runs, or the table of
  ///   runs is full; nothing has changed then.
  package mutating func gather(
    _ count: PageCount, in runs: borrowing RunTable, atMost limit: Int = .max
  ) -> RunList? {
    guard count <= frames.freeResident,
      let list = frames.gather(count, into: runs, atMost: limit)
    else { return nil }
    accounts.add(count, to: .transit)
    return list
  }

  /// Takes one run, to transit, as a list.
  ///
  /// - Returns: as `gather`.
  package mutating func takeRun(_ count: PageCount, in runs: borrowing RunTable) -> RunList? {
    guard let run = takeRun(count, to: .transit) else { return nil }
    var list = RunList.empty
    if runs.append(run, to: &list) { return list }
    give(run, from: .transit)
    return nil
  }

  /// Takes exactly these runs, if all of them are free, and enters them as a window's.
  package mutating func takeWindow(
    _ list: RunList, in runs: borrowing RunTable, window: Int, _ owner: BlockOwner
  ) -> Bool {
    guard frames.takeAll(list, of: runs) else { return false }
    accounts.add(list.pageCount, to: .transit)
    enterWindow(list, in: runs, window: window)
    noteStitch(list.count, owner)
    return true
  }

  // MARK: Handing over

  /// Enters runs as those of a window.
  ///
  /// - Parameters:
  ///   - list: the runs.
  ///   - runs: where they are.
  ///   - window: its number.
  ///   - new: the pages that are in transit, or nil for all; the others are out already.
  package mutating func enterWindow(
    _ list: RunList, in runs: borrowing RunTable, window: Int, new: PageCount? = nil
  ) {
    let record = BlockTable.Record(window: window)
    for run in runs.elements(of: list) { blocks.insert(run, record) }
    accounts.add(0 - (new ?? list.pageCount), to: .transit)
    accounts.add(new ?? list.pageCount, to: .out)
  }

  /// Takes the head of a block out of the table, whose frames another block takes over.
  package mutating func forgetHead(_ head: PageFrame) { blocks.remove(head) }

  /// Enters a slab whose frames are in the account of slabs.
  package mutating func enterSlab(_ run: FrameRun) {
    blocks.insert(run, BlockTable.Record(slab: run.pageCount))
  }

  /// Makes frames in transit, which lie behind a block, its own.
  package mutating func adopt(_ tail: PageCount, into run: FrameRun, _ record: BlockTable.Record) {
    accounts.add(0 - tail, to: .transit)
    accounts.add(tail, to: .out)
    blocks.update(run.first, record)
    blocks.carry(run)
  }

  /// Changes what is known of a block.
  package mutating func update(_ head: PageFrame, _ record: BlockTable.Record) {
    blocks.update(head, record)
  }

  /// Moves frames of a block into transit: it is about to be freed, its contents are being copied.
  package mutating func sendOff(_ pages: PageCount) {
    accounts.add(pages, to: .transit)
    accounts.add(0 - pages, to: .out)
  }

  // MARK: Giving back

  /// Frees frames.
  @inline(__always)
  package mutating func give(_ run: FrameRun, from account: Accounts.Name) {
    accounts.add(0 - run.pageCount, to: account)
    frames.give(run)
    gains &+= 1
  }

  /// Frees all runs of a list; its nodes stay.
  package mutating func give(
    _ list: RunList, in runs: borrowing RunTable, from account: Accounts.Name
  ) {
    for run in runs.elements(of: list) { give(run, from: account) }
  }

  /// Takes a block, or a run of a stitched one, or a slab, out of the table and frees its frames.
  @inline(__always)
  package mutating func release(_ run: FrameRun, from account: Accounts.Name = .out) {
    blocks.remove(run.first)
    give(run, from: account)
  }

  /// Takes all runs of a window out of the table and frees their frames.
  package mutating func releaseWindow(
    _ list: RunList, in runs: borrowing RunTable, from account: Accounts.Name = .out
  ) {
    for run in runs.elements(of: list) { release(run, from: account) }
  }

  /// Takes blocks that lie side by side out of the table and frees their frames.
  @inline(__always)
  package mutating func releaseBlocks(_ run: FrameRun, of size: PageCount) {
    guard run.pageCount > 0 else { return }
    blocks.removeBlocks(run, of: size)
    give(run, from: .out)
  }
}
