// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// Moves a block to where it has more room; see `resize`.
  func move(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    if request.stitching != .always, !reclaimers.isNeeded,
      let copy = copyIntoResidentRun(block, request)
    {
      return copy
    }
    if request.stitching == .never { return try copy(block, request) }
    do throws(CompoundError) {
      return try remap(block, request)
    } catch {
      guard error.isShortageOfMappings else { throw error }
      guard request.stitching == .always else {
        if let copy = try? copy(block, request) { return copy }
        throw error
      }
      var request = request
      request.stitching = .whenNeeded
      let moved = try move(block, request)
      pages.withLock { $0.counts.unforced += 1 }
      return moved
    }
  }

  /// Copies into one run of resident frames, if there is one.
  ///
  /// 4 KiB are copied in less time than they are mapped.
  private func copyIntoResidentRun(_ block: Block, _ request: Request) -> Block? {
    let run = pages.withLock { takeCopy(&$0, of: block, request) }
    return run.map { copy(block, into: $0, request) }
  }

  /// Copies into one run, which is made resident if need be.
  private func copy(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    let want = Want(count: request.pageCount, stitching: .never, patience: .full)
    let run = try obtain(want) { ledger, _ in takeCopy(&ledger, of: block, request) }
    return copy(block, into: run, request)
  }

  /// Takes a run for a copy of a block.
  ///
  /// The block's own frames are in transit from then on: a request that finds nothing meanwhile
  /// waits for them.
  private func takeCopy(
    _ ledger: inout Ledger, of block: Block, _ request: Request
  ) -> FrameRun? {
    let run = ledger.takeBlock(request.pageCount, request.record)
    if run != nil { ledger.sendOff(block.pageCount) }
    return run
  }

  private func copy(_ block: Block, into run: FrameRun, _ request: Request) -> Block {
    let copy = Block(
      address: arena.address(of: run.first), byteCount: request.byteCount,
      place: .contiguous(run.first))
    checkFree(copy.address, copy.pageCount)
    RawMemory.copy(block.byteCount, from: block.address, to: copy.address)
    endContents(of: block)
    if case .stitched(let number) = block.place { retireWindow(number, from: .transit) }
    // The copy is counted: the block is not the last.
    _ = pages.withLock { ledger in
      policy.noteFree(&ledger)
      if case .contiguous(let first) = block.place {
        ledger.release(FrameRun(first: first, pageCount: block.pageCount), from: .transit)
      }
      return ledger.counts.leave(request.owner)
    }
    return copy
  }

  /// Stitches the block's own frames and some more into a window, which has room for as many again:
  /// the next growth is in place.
  ///
  /// The contents are not copied.
  private func remap(_ block: Block, _ request: Request) throws(CompoundError) -> Block {
    var extra = try obtainExtra(block, request)
    let tail = request.pageCount - block.pageCount
    if case .stitched(let number) = block.place, windows.room(behind: number) >= tail {
      return try extendWindow(block, number, by: extra, request)
    }
    if case .contiguous(let first) = block.place, extra.count == 1, request.stitching != .always,
      windows.runs.first(of: extra)?.first == first + block.pageCount
    {
      windows.runs.free(&extra)
      pages.withLock {
        $0.adopt(tail, into: FrameRun(first: first, pageCount: request.pageCount), request.record)
      }
      return Block(address: block.address, byteCount: request.byteCount, place: block.place)
    }
    return try remap(block, extra, request)
  }

  private func remap(
    _ block: Block, _ extra: RunList, _ request: Request
  ) throws(CompoundError) -> Block {
    var extra = extra
    // The new window has the runs of the old one as nodes of its own: either of them may end first.
    guard let all = copyOfRuns(of: block, and: extra) else {
      giveBack(&extra)
      throw windows.shortage
    }
    var layout = Layout(inOrder: all, in: windows.runs)
    let opened: (number: Int, address: UInt)
    do throws(CompoundError) {
      opened = try windows.open(
        layout, of: arena, byteCount: request.byteCount, owner: request.owner,
        room: request.pageCount)
    } catch {
      windows.runs.free(&layout.pieces)
      giveBack(&extra)
      throw error
    }
    replace(block, layout, extra, opened.number, request)
    windows.runs.free(&extra)
    return Block(
      address: opened.address, byteCount: request.byteCount,
      place: .stitched(window: opened.number))
  }

  private func copyOfRuns(of block: Block, and extra: RunList) -> RunList? {
    guard let tail = windows.runs.copy(extra) else { return nil }
    var all = RunList.empty
    var isWhole = true
    forEachRun(of: block) { isWhole = isWhole && windows.runs.append($0, to: &all) }
    windows.runs.append(list: tail, to: &all)
    if isWhole { return all }
    windows.runs.free(&all)
    return nil
  }

  /// Enters a window in the place of the block whose frames it took over.
  private func replace(
    _ block: Block, _ layout: Layout, _ extra: RunList, _ number: Int, _ request: Request
  ) {
    pages.withLock { ledger in
      forEachRun(of: block) { ledger.forgetHead($0.first) }
      ledger.enterWindow(
        layout.pieces, in: windows.runs, window: number, new: extra.pageCount)
      ledger.noteStitch(layout.pieces.count)
      ledger.counts.frees += 1
    }
    if case .stitched(let old) = block.place, windows.retire(old, { _ in }) {
      windows.tearDownRetired()
    }
  }

  /// Takes the frames that a block needs more, scattered where stitching is forced.
  func obtainExtra(
    _ block: Block, _ request: Request
  ) throws(CompoundError) -> RunList {
    let count = request.pageCount - block.pageCount
    let runs = try obtainRuns(count, request)
    guard request.stitching == .always else {
      return Layout(congruent: runs, in: windows.runs).pieces
    }
    let pieces = Layout(scattered: runs, pieceSize: pieceSize(for: count), in: windows.runs).pieces
    return apart(pieces, from: block, request)
  }

  private func obtainRuns(
    _ count: PageCount, _ request: Request
  ) throws(CompoundError) -> RunList {
    let want = Want(count: count, stitching: request.stitching, patience: request.patience)
    let runs = try obtain(want) { ledger, number in
      if number != 1 { return ledger.gather(count, in: windows.runs, atMost: number) }
      return ledger.takeRun(count, in: windows.runs)
    }
    for run in windows.runs.elements(of: runs) {
      checkFree(arena.address(of: run.first), run.pageCount)
    }
    return runs
  }

  /// Sees to it that the first piece is not the neighbour of the last page of a block: by their
  /// order, or with a single piece, by taking another one where there is one free.
  private func apart(_ pieces: RunList, from block: Block, _ request: Request) -> RunList {
    var pieces = pieces
    var last: FrameRun?
    forEachRun(of: block) { last = $0 }
    guard let first = windows.runs.first(of: pieces), last?.end == first.first else {
      return pieces
    }
    if pieces.count > 1 { return windows.runs.rotated(pieces) }
    let found = pages.withLock { $0.gather(first.pageCount, in: windows.runs) }
    guard let other = found else { return pieces }
    giveBack(&pieces)
    return other
  }
}
