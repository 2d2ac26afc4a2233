// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// Makes a block larger or smaller.
  ///
  /// Its contents stay, up to the smaller size; what is new is not zeroed.
  ///
  /// In this order: in place, where the pages behind the block are free, or its window has room;
  /// into a longer run, by copying, where there is one and no request is in need; into a new window
  /// that holds the same frames and some more, without copying. The last takes no frame beyond
  /// those that are new, so a block can grow while fewer pages are free than it has.
  ///
  /// - Parameters:
  ///   - block: the block.
  ///   - byteCount: the new size, 1 ... the capacity.
  ///   - owner: what owns the block.
  ///   - mayMove: whether the address may change.
  ///   - label: names the block in the census, if it is not listed yet.
  /// - Returns: the block as it is now, or nil where it would have to move and may not. The old
  ///   value is void after that.
  /// - Throws: as `allocate` does; the block is as it was then.
  package func resize(
    _ block: Block, to byteCount: ByteCount, _ owner: BlockOwner, mayMove: Bool,
    _ label: SourceLabel = .none
  ) throws(CompoundError) -> Block? {
    policy.hasCensus
      ? try resizeListed(block, to: byteCount, owner, mayMove: mayMove, label)
      : try resizeUnlisted(block, to: byteCount, owner, mayMove: mayMove)
  }

  /// The same for a block that is not listed now.
  @inline(__always)
  func resizeUnlisted(
    _ block: Block, to byteCount: ByteCount, _ owner: BlockOwner, mayMove: Bool
  ) throws(CompoundError) -> Block? {
    attachThreadCache()
    keepSoftLimit(byteCount, present: block.byteCount)
    if case .object = block.place {
      return try resizeObject(block, to: byteCount, owner, mayMove: mayMove)
    }
    var request = try request(byteCount, alignment: .page, owner)
    request.stitching = policy.stitching(pageCount: request.pageCount)
    checkRedzone(of: block)
    let resized: Block?
    if request.pageCount <= block.pageCount {
      resized = shrink(block, request)
    } else if let grown = extend(block, request) {
      resized = grown
    } else {
      do throws(CompoundError) {
        resized = mayMove ? try move(block, request) : try extendWindow(block, request)
      } catch {
        pages.withLock { $0.refusals.note(error, request.pageCount) }
        throw error
      }
    }
    if let resized { drawRedzone(of: resized) }
    return resized
  }

  // MARK: In place

  /// Gives the pages past the new size back.
  ///
  /// Cannot fail: a stitched block keeps its mappings until it is freed.
  private func shrink(_ block: Block, _ request: Request) -> Block {
    switch block.place {
    case .object: break
    case .contiguous(let first):
      let tail = FrameRun(first: first, pageCount: block.pageCount).dropping(request.pageCount)
      if tail.pageCount > 0 { scrub(tail) }
      pages.withLock { ledger in
        ledger.notePeak()
        ledger.update(first, request.record)
        if tail.pageCount > 0 { ledger.give(tail, from: .out) }
      }
    case .stitched(let number):
      var (partial, whole) = windows.shrink(
        number, to: request.pageCount, byteCount: request.byteCount)
      if let partial { scrub(partial) }
      scrub(whole)
      pages.withLock { ledger in
        ledger.notePeak()
        if let partial { ledger.give(partial, from: .out) }
        ledger.releaseWindow(whole, in: windows.runs)
      }
      windows.runs.free(&whole)
    }
    return Block(address: block.address, byteCount: request.byteCount, place: block.place)
  }

  /// Takes the frames right behind a contiguous block, if they are free.
  private func extend(_ block: Block, _ request: Request) -> Block? {
    guard case .contiguous(let first) = block.place, request.stitching != .always else {
      return nil
    }
    let run = FrameRun(first: first, pageCount: block.pageCount)
    let extra = request.pageCount - block.pageCount
    guard pages.withLock({ $0.extendBlock(run, by: extra, request.record) }) else { return nil }
    checkFree(arena.address(of: run.end), extra)
    return Block(
      address: block.address, byteCount: request.byteCount, place: .contiguous(first))
  }

  /// Maps more frames into the room that a stitched block's window has behind its end.
  private func extendWindow(
    _ block: Block, _ request: Request
  ) throws(CompoundError) -> Block? {
    guard case .stitched(let number) = block.place,
      windows.room(behind: number) >= request.pageCount - block.pageCount
    else { return nil }
    return try extendWindow(block, number, by: try obtainExtra(block, request), request)
  }

  func extendWindow(
    _ block: Block, _ number: Int, by extra: RunList, _ request: Request
  ) throws(CompoundError) -> Block {
    var extra = extra
    do throws(CompoundError) {
      try windows.extend(number, by: extra, of: arena, byteCount: request.byteCount)
    } catch {
      giveBack(&extra)
      throw error
    }
    pages.withLock { $0.enterWindow(extra, in: windows.runs, window: number) }
    return Block(address: block.address, byteCount: request.byteCount, place: block.place)
  }
}
