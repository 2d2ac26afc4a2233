// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

// Blocks are listed when they are allocated, and taken off the list when they are freed, on the
// paths that take locks. Where a census is kept there are no others: see
// `ThreadCaches.currentUnlisted`.
extension Heap {
  // MARK: Listing

  /// Lists a block that nobody else knows yet, if it is to be.
  @inline(never)
  package func enterCensus(_ block: Block, _ label: SourceLabel) {
    guard let census, label != .listedByCaller else { return }
    if case .stitched = block.place { noteStitch(block.pageCount, label) }
    guard isSampled(block.byteCount, census) else { return }
    var entry = entry(block)
    entry.weight = census.sampler.weight(block.byteCount)
    census.enter(entry, label)
  }

  /// Takes a block off the list before it is freed, if it is listed.
  @inline(never)
  func leaveCensus(_ address: UInt) { census?.leave(address) }

  /// The same for many blocks.
  func leaveCensus(_ places: SharedTable<PackedPlace>, _ count: Int) {
    for index in 0..<count {
      let place = places.load(index)
      if !place.isNone { leaveCensus(place.address) }
    }
  }

  private func isSampled(_ byteCount: ByteCount, _ census: Census) -> Bool {
    if let cache = unsafe threads.current {
      return unsafe census.sampler.samples(byteCount, cache.pointee.untilSample)
    }
    return census.sampler.samples(byteCount)
  }

  /// What there is to know of a block.
  private func entry(_ block: Block) -> CensusEntry {
    var objectBytes = 0
    var runs = 0
    switch block.place {
    case .contiguous: break
    case .object:
      if let place = objects.place(of: block.address) {
        objectBytes = objects.shape(place.kind).byteCount
      }
    case .stitched(let number): runs = windows.window(number).runs.count
    }
    return CensusEntry(
      address: block.address, asked: block.byteCount, objectBytes: objectBytes, stitchedRuns: runs)
  }

  // MARK: Resizing

  /// Resizes a block where a census is kept; see `resize`.
  func resizeListed(
    _ block: Block, to byteCount: ByteCount, _ owner: BlockOwner, mayMove: Bool,
    _ label: SourceLabel
  ) throws(CompoundError) -> Block? {
    var isKept = false
    let resized = try relisting(block, to: byteCount, label) { () throws(CompoundError) in
      let resized = try resizeUnlisted(block, to: byteCount, owner, mayMove: mayMove)
      isKept = resized == nil
      return resized ?? block
    }
    return isKept ? nil : resized
  }

  /// Makes another block of one, which is not listed meanwhile: its old address is another block's
  /// as soon as it is free.
  ///
  /// - Parameters:
  ///   - block: the block.
  ///   - byteCount: what is asked for; nil for as much as it has.
  ///   - label: names the block if it is not listed yet.
  ///   - body: makes it.
  /// - Returns: the block as it is then.
  /// - Throws: what the function throws; the block is listed as it was then.
  func relisting(
    _ block: Block, to byteCount: ByteCount? = nil, _ label: SourceLabel,
    _ body: () throws(CompoundError) -> Block
  ) throws(CompoundError) -> Block {
    guard let census else { return try body() }
    let listed = census.leave(block.address)
    let label = listed?.label ?? label
    do throws(CompoundError) {
      let new = try body()
      relist(listed?.entry, from: block, to: new, label, census)
      return new
    } catch {
      if let listed { census.enterAgain(listed.entry, label) }
      if error.isRefusal {
        noteRefusal(PageCount(covering: byteCount ?? block.byteCount), label)
      }
      throw error
    }
  }

  /// Lists a block that was resized; a sampled one by chance, by the bytes that are new.
  private func relist(
    _ old: CensusEntry?, from block: Block, to resized: Block, _ label: SourceLabel,
    _ census: Census
  ) {
    var entry = entry(resized)
    // In another window; one that it had, and that grew where it was, does not count.
    if entry.isStitched, resized.address != block.address {
      noteStitch(resized.pageCount, label)
    }
    let added = resized.byteCount - block.byteCount
    if var listed = old {
      listed.update(entry)
      if added > 0 {
        listed.weight = min(listed.weight, census.sampler.weight(resized.byteCount))
      }
      census.enterAgain(listed, label)
    } else if added > 0, isSampled(added, census) {
      entry.weight = census.sampler.weight(resized.byteCount)
      census.enter(entry, label)
    }
  }

  /// Lists a part of a block that was listed: it stands for as many as the whole did.
  ///
  /// The parts of a block that was not listed are not. All but the first count as allocations.
  func enterPart(_ part: Block, of whole: Census.Listed, isFirst: Bool) {
    var listed = whole.entry
    listed.update(entry(part))
    census?.enterAgain(listed, whole.label, isNew: !isFirst)
  }

  /// The label of a block; that of none where it is not listed.
  func label(of block: Block) -> SourceLabel {
    guard let census, let listed = census.leave(block.address) else { return .none }
    census.enterAgain(listed.entry, listed.label)
    return listed.label
  }

  /// Joins two blocks, neither of which is listed meanwhile; see `join`.
  func joinListed(
    _ first: Block, _ second: Block, _ body: () throws(CompoundError) -> Block
  ) throws(CompoundError) -> Block {
    guard let census else { return try body() }
    let (one, other) = (census.leave(first.address), census.leave(second.address))
    do throws(CompoundError) {
      let joined = try body()
      relist(one?.entry, from: first, to: joined, one?.label ?? other?.label ?? .none, census)
      return joined
    } catch {
      if let one { census.enterAgain(one.entry, one.label) }
      if let other { census.enterAgain(other.entry, other.label) }
      if error.isRefusal {
        let count = PageCount(covering: first.byteCount + second.byteCount)
        noteRefusal(count, one?.label ?? other?.label ?? .none)
      }
      throw error
    }
  }

  // MARK: Scarcity

  private func noteStitch(_ pageCount: PageCount, _ label: SourceLabel) {
    census?.note(label, isRefusal: false) { scarcity(pageCount) }
  }

  /// Notes that a request was refused.
  func noteRefusal(_ pageCount: PageCount, _ label: SourceLabel) {
    guard label != .listedByCaller else { return }
    census?.note(label, isRefusal: true) { scarcity(pageCount) }
  }

  private func scarcity(_ pageCount: PageCount) -> CensusSite.Scarcity {
    var result = CensusSite.Scarcity()
    result.order = min(PageOrder(covering: pageCount), RefusalCounts.highestOrder)
    let found = pages.read { $0.frames.usable(order: result.order) }
    result.free = found.free
    result.longestRun = found.longestRun
    result.unusable = found.unusableFreeSpaceIndex
    return result
  }
}

extension CompoundError {
  /// Whether a request was refused, and not for its numbers.
  fileprivate var isRefusal: Bool {
    switch self {
    case .outOfMemory, .mappingBudget, .systemCall: true
    default: false
    }
  }
}
