// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// A block becomes several, without a copy (Linux: `split_page`).

extension Heap {
  /// Sees to it that a block has pages of its own: an object is copied into some.
  ///
  /// - Returns: the block as it is now. The old value is void after that.
  /// - Throws: as `allocate`; the block is as it was then.
  package func withPagesOfItsOwn(_ block: Block) throws(CompoundError) -> Block {
    guard case .object = block.place else { return block }
    return try relisting(block, .none) { () throws(CompoundError) in
      attachThreadCache()
      keepSoftLimit(block.byteCount)
      var request = try request(block.byteCount, alignment: .page, .buffer)
      request.stitching = policy.stitching(pageCount: request.pageCount)
      let copy = try allocatePages(request, .listedByCaller)
      RawMemory.copy(block.byteCount, from: block.address, to: copy.address)
      // The copy is counted: the block is not the last.
      free(block, .buffer)
      return copy
    }
  }

  /// Makes two blocks of one that a buffer owns and that has pages of its own.
  ///
  /// Nothing is copied, no system call is made, and the addresses stay.
  ///
  /// - Parameters:
  ///   - block: the block.
  ///   - pageCount: the pages of the first part, at least 1 and fewer than the block has.
  /// - Returns: both parts. The old value is void after that.
  /// - Throws: `mappingBudget` for a stitched block; it is as it was then.
  package func split(
    _ block: Block, at pageCount: PageCount
  ) throws(CompoundError) -> (lower: Block, upper: Block) {
    var (lower, upper) = (block, block)
    lower.byteCount = pageCount.byteCount
    upper.byteCount = block.byteCount - pageCount.byteCount
    upper.address += UInt(bitPattern: pageCount.byteCount.rawValue)
    switch block.place {
    case .object: preconditionFailure("an object is split")
    case .contiguous(let first):
      upper.place = .contiguous(first + pageCount)
      let run = FrameRun(first: first, pageCount: block.pageCount)
      pages.withLock { ledger in
        ledger.divide(
          run, at: pageCount, BlockTable.Record(byteCount: lower.byteCount, owner: .buffer),
          BlockTable.Record(byteCount: upper.byteCount, owner: .buffer))
      }
    case .stitched(let number):
      let other = try refusing(block) { () throws(CompoundError) in
        try windows.divide(number, at: pageCount)
      }
      upper.place = .stitched(window: other)
      let runs = windows.window(other).runs
      pages.withLock { ledger in
        ledger.enterWindow(runs, in: windows.runs, window: other, new: 0)
        ledger.noteSplit(contiguous: 0, stitched: 1)
      }
    }
    if let listed = census?.leave(block.address) {
      enterPart(lower, of: listed, isFirst: true)
      enterPart(upper, of: listed, isFirst: false)
    }
    return (lower, upper)
  }

  /// Makes blocks of one size, which buffers own, of one that a buffer owns and that has pages of
  /// its own.
  ///
  /// - Parameters:
  ///   - block: the block.
  ///   - size: the pages of each, of which the block has a multiple.
  ///   - sink: takes over a block; called in their order, when nothing can fail any more.
  /// - Throws: `mappingBudget` for a stitched block that is not split into single pages; it is as
  ///   it was then.
  /// - Complexity: O(pages).
  package func split(
    _ block: Block, into size: PageCount, _ sink: (PackedPlace) -> Void
  ) throws(CompoundError) {
    guard let census else { return try splitUnlisted(block, into: size, sink) }
    var listed: Census.Listed?
    var isFirst = true
    try splitUnlisted(block, into: size) { place in
      // The first part may begin where the whole block did.
      if isFirst { listed = census.leave(block.address) }
      if let listed { enterPart(self.block(at: place, size), of: listed, isFirst: isFirst) }
      isFirst = false
      sink(place)
    }
  }

  /// Counts a split that is refused.
  private func refusing<Result>(
    _ block: Block, _ body: () throws(CompoundError) -> Result
  ) throws(CompoundError) -> Result {
    do throws(CompoundError) {
      return try body()
    } catch {
      pages.withLock { $0.refusals.note(error, block.pageCount) }
      if policy.hasCensus { noteRefusal(block.pageCount, label(of: block)) }
      throw error
    }
  }

  private func splitUnlisted(
    _ block: Block, into size: PageCount, _ sink: (PackedPlace) -> Void
  ) throws(CompoundError) {
    checkRedzone(of: block)
    let number = block.pageCount.rawValue / size.rawValue
    switch block.place {
    case .object: preconditionFailure("an object is split")
    case .contiguous(let first):
      let run = FrameRun(first: first, pageCount: block.pageCount)
      let record = BlockTable.Record(byteCount: size.byteCount, owner: .buffer)
      pages.withLock { ledger in
        ledger.divide(run, into: size, record)
        ledger.noteSplit(contiguous: number - 1, stitched: 0)
      }
      sinkBlocks(of: run, size, sink)
    case .stitched(let window):
      if size == 1 {
        splitIntoPages(window, number, sink)
      } else {
        try refusing(block) { () throws(CompoundError) in
          try divide(window, into: size, number)
        }
        enterParts(at: block.address, size, number, sink)
      }
    }
  }

  private func sinkBlocks(of run: FrameRun, _ size: PageCount, _ sink: (PackedPlace) -> Void) {
    for first in stride(from: run.first.rawValue, to: run.end.rawValue, by: size.rawValue) {
      sink(PackedPlace(address: arena.address(of: PageFrame(first))))
    }
  }

  /// Makes pages of the linear map of a stitched block; its window goes.
  private func splitIntoPages(_ window: Int, _ number: Int, _ sink: (PackedPlace) -> Void) {
    let record = BlockTable.Record(byteCount: .page, owner: .buffer)
    let runs = windows.window(window).runs
    pages.withLock { ledger in
      for run in windows.runs.elements(of: runs) { ledger.divide(run, into: 1, record) }
      ledger.noteSplit(contiguous: number, stitched: -1)
    }
    for run in windows.runs.elements(of: runs) { sinkBlocks(of: run, 1, sink) }
    if windows.retire(window, { _ in }) { windows.tearDownRetired() }
  }

  /// Divides a window into many.
  ///
  /// On failure those that were divided are united again.
  private func divide(
    _ window: Int, into size: PageCount, _ number: Int
  ) throws(CompoundError) {
    let start = windows.window(window).address
    var last = window
    for part in 1..<max(1, number) {
      do throws(CompoundError) {
        last = try windows.divide(last, at: size)
      } catch {
        for other in stride(from: part - 1, to: 0, by: -1) {
          guard let lower = windows.number(at: address(ofPart: other - 1, of: size, start)),
            let upper = windows.number(at: address(ofPart: other, of: size, start))
          else { preconditionFailure("a window is lost") }
          windows.unite(lower, with: upper)
        }
        // Runs that are neighbours, which a window that grew keeps apart, may be one now.
        let runs = windows.window(window).runs
        pages.withLock { $0.joinWindow(runs, in: windows.runs, window: window) }
        throw error
      }
    }
    windows.setByteCount(of: last, size.byteCount)
  }

  private func address(ofPart part: Int, of size: PageCount, _ start: UInt) -> UInt {
    start + UInt(bitPattern: part * size.byteCount.rawValue)
  }

  /// Enters the windows that one was divided into.
  private func enterParts(
    at start: UInt, _ size: PageCount, _ number: Int, _ sink: (PackedPlace) -> Void
  ) {
    for part in 0..<number {
      let address = address(ofPart: part, of: size, start)
      guard let window = windows.number(at: address) else {
        preconditionFailure("a window is lost")
      }
      let runs = windows.window(window).runs
      pages.withLock { ledger in
        ledger.enterWindow(runs, in: windows.runs, window: window, new: 0)
        if part > 0 { ledger.noteSplit(contiguous: 0, stitched: 1) }
      }
      sink(
        PackedPlace(
          Block(address: address, byteCount: size.byteCount, place: .stitched(window: window))))
    }
  }
}
