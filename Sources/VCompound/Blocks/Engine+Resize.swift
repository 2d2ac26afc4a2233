// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Engine {
  /// Makes a block larger or smaller.
  ///
  /// Its contents stay, up to the smaller size; what is new is not zeroed.
  ///
  /// In this order: in place, where the pages behind the block are free, or its window has room;
  /// into a longer run, by copying, where there is one; into a new window that holds the same
  /// frames and some more, without copying. The last takes no frame beyond those that are new, so
  /// a block can grow while fewer pages are free than it has.
  ///
  /// - Parameters:
  ///   - block: the block.
  ///   - byteCount: the new size, 1 ... the capacity.
  ///   - isOwned: whether a `CompoundBuffer` owns the block.
  ///   - mayMove: whether the address may change.
  /// - Returns: the block as it is now, or nil where it would have to move and may not. The old
  ///   value is void after that.
  /// - Throws: as `allocate` does; the block is as it was then.
  package func resize(
    _ block: Block, to byteCount: ByteCount, isOwned: Bool, mayMove: Bool
  ) throws(CompoundError) -> Block? {
    if sentinel.isInChild { throw .usedAfterFork }
    if case .object = block.place {
      return try resizeObject(block, to: byteCount, isOwned: isOwned, mayMove: mayMove)
    }
    let request = try request(byteCount, alignment: .page, isOwned: isOwned)
    if request.pageCount <= block.pageCount {
      return shrink(block, request)
    }
    if let grown = extend(block, request) { return grown }
    do throws(CompoundError) {
      if !mayMove { return try extendWindow(block, request) }
      return try move(block, request)
    } catch {
      ledger.withLock { $0.counts.failures += 1 }
      throw error
    }
  }

  // MARK: In place

  /// Gives the pages past the new size back.
  ///
  /// Cannot fail: a stitched block keeps its mappings until it is freed.
  private func shrink(_ block: Block, _ request: Request) -> Block {
    let oldPageCount = block.pageCount
    var block = block
    block.byteCount = request.byteCount
    switch block.place {
    case .object:
      preconditionFailure("an object is resized elsewhere")
    case .contiguous(let first):
      let tail = FrameRun(first: first, pageCount: oldPageCount).dropping(request.pageCount)
      if tail.pageCount > 0 { scrub(tail) }
      ledger.withLock { ledger in
        let record = BlockTable.Record(byteCount: request.byteCount, isOwned: request.isOwned)
        ledger.blocks.update(first, record)
        if tail.pageCount > 0 { ledger.frames.give(tail) }
      }
    case .stitched(let slot):
      let cut = windows.shrink(slot, to: request.pageCount, byteCount: request.byteCount)
      for run in cut.partial + cut.whole { scrub(run) }
      ledger.withLock { ledger in
        for run in cut.partial { ledger.frames.give(run) }
        for run in cut.whole { ledger.release(run) }
      }
    }
    return block
  }

  /// Takes the frames right behind a contiguous block, if they are free.
  private func extend(_ block: Block, _ request: Request) -> Block? {
    guard case .contiguous(let first) = block.place, request.mode != .always else { return nil }
    let extra = request.pageCount - block.pageCount
    let isExtended = ledger.withLock { ledger in
      guard ledger.frames.takeNext(first + block.pageCount, extra) else { return false }
      ledger.adopt(FrameRun(first: first, pageCount: request.pageCount), request)
      return true
    }
    guard isExtended else { return nil }
    return Block(
      address: block.address, byteCount: request.byteCount, place: .contiguous(first))
  }

  /// Maps more frames into the room that a stitched block's window has behind its end.
  private func extendWindow(
    _ block: Block, _ request: Request
  ) throws(CompoundError) -> Block? {
    guard case .stitched(let slot) = block.place else { return nil }
    guard windows.room(behind: slot) >= request.pageCount - block.pageCount else { return nil }
    let runs = try obtainExtra(block, request)
    return try extendWindow(block, slot, by: runs, request)
  }

  private func extendWindow(
    _ block: Block, _ slot: Int, by runs: [FrameRun], _ request: Request
  ) throws(CompoundError) -> Block {
    do throws(CompoundError) {
      try windows.extend(slot, by: runs, of: arena, byteCount: request.byteCount)
    } catch {
      giveBack(runs)
      throw error
    }
    ledger.withLock { $0.enter(runs, slot: slot) }
    return Block(address: block.address, byteCount: request.byteCount, place: block.place)
  }

  // MARK: Moving

  private func move(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    if request.mode != .always, let copy = copyIntoResidentRun(block, request) { return copy }
    guard request.mode != .never else {
      return try copy(block, request)
    }
    do throws(CompoundError) {
      return try remap(block, request)
    } catch {
      guard request.mode != .always, error.isShortageOfMappings,
        let copy = try? copy(block, request)
      else { throw error }
      return copy
    }
  }

  /// Copies into one run of resident frames, if there is one.
  ///
  /// 4 KiB are copied in less time than they are mapped.
  private func copyIntoResidentRun(_ block: Block, _ request: Request) -> Block? {
    let run = ledger.withLock {
      $0.takeContiguous(request.pageCount, request, entering: true)
    }
    guard let run else { return nil }
    return copy(block, into: run, request)
  }

  /// Copies into one run, which is made resident if need be.
  private func copy(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    let taken = try obtain(request.pageCount, request, contiguousOnly: true, entering: true)
    guard case .contiguous(let run) = taken else {
      preconditionFailure("runs where one contiguous run was asked for")
    }
    return copy(block, into: run, request)
  }

  private func copy(_ block: Block, into run: FrameRun, _ request: Request) -> Block {
    let copy = Block(
      address: arena.address(of: run.first), byteCount: request.byteCount,
      place: .contiguous(run.first))
    RawMemory.copy(block.byteCount, from: block.address, to: copy.address)
    free(block, isOwned: request.isOwned)
    return copy
  }

  /// Stitches the block's own frames and some more into a window, which has room for as many again:
  /// the next growth is in place.
  ///
  /// The contents are not copied.
  private func remap(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    let extra = try obtainExtra(block, request)
    if case .stitched(let slot) = block.place,
      windows.room(behind: slot) >= request.pageCount - block.pageCount
    {
      return try extendWindow(block, slot, by: extra, request)
    }
    let old = runs(of: block)
    if case .contiguous(let first) = block.place, extra.count == 1,
      extra[0].first == first + block.pageCount, request.mode != .always
    {
      ledger.withLock {
        $0.adopt(FrameRun(first: first, pageCount: request.pageCount), request)
      }
      return Block(address: block.address, byteCount: request.byteCount, place: block.place)
    }
    let layout = Layout(inOrder: old + extra)
    let opened: (slot: Int, address: UInt)
    do throws(CompoundError) {
      opened = try windows.open(
        layout, of: arena, byteCount: request.byteCount, isOwned: request.isOwned,
        room: request.pageCount)
    } catch {
      giveBack(extra)
      throw error
    }
    replace(block, old, layout, slot: opened.slot)
    return Block(
      address: opened.address, byteCount: request.byteCount,
      place: .stitched(slot: opened.slot))
  }

  /// Enters a window in the place of the block whose frames it took over.
  private func replace(_ block: Block, _ old: [FrameRun], _ layout: Layout, slot: Int) {
    ledger.withLock { ledger in
      for run in old { ledger.blocks.remove(run.first) }
      ledger.enter(layout.pieces, slot: slot)
      ledger.counts.stitchedAllocations += 1
      ledger.counts.stitchedRuns += layout.pieces.count
      ledger.counts.frees += 1
    }
    if case .stitched(let slot) = block.place, windows.retire(slot).isTeardownDue {
      windows.tearDownRetired()
    }
  }

  /// Takes the frames that a block needs more, scattered where stitching is forced.
  private func obtainExtra(
    _ block: Block, _ request: Request
  ) throws(CompoundError) -> [FrameRun] {
    let count = request.pageCount - block.pageCount
    switch try obtain(count, request, contiguousOnly: false, entering: false) {
    case .contiguous(let run): return [run]
    case .mapped(let retired): preconditionFailure("a window for \(retired.runs.count) runs")
    case .scattered(let runs):
      guard request.mode == .always else { return Layout(congruent: runs).pieces }
      let pieces = Layout(scattered: runs, pieceSize: pieceSize(for: count)).pieces
      return apart(pieces, from: self.runs(of: block), request)
    }
  }

  /// Sees to it that the first piece is not the neighbour of the last page of a block: by their
  /// order, or with a single page, by taking another one where there is one.
  private func apart(
    _ pieces: [FrameRun], from old: [FrameRun], _ request: Request
  ) -> [FrameRun] {
    guard let last = old.last, let first = pieces.first, last.end == first.first else {
      return pieces
    }
    if pieces.count > 1 { return Array(pieces[1...]) + [first] }
    let other = try? obtain(first.pageCount, request, contiguousOnly: false, entering: false)
    guard case .scattered(let runs) = other else { return pieces }
    giveBack(pieces)
    return runs
  }

  private func giveBack(_ runs: [FrameRun]) {
    ledger.withLock { ledger in
      for run in runs { ledger.frames.give(run) }
    }
  }
}

extension Engine.Ledger {
  /// Enters a contiguous block that has grown.
  mutating func adopt(_ run: FrameRun, _ request: Request) {
    blocks.update(
      run.first, BlockTable.Record(byteCount: request.byteCount, isOwned: request.isOwned))
    blocks.carry(run)
  }
}
