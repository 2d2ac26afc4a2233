// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Two blocks become one, without a copy where they can.

extension Heap {
  /// Makes one block of two that buffers own; their contents stay, one behind the other.
  ///
  /// In this order: by their records, where the frames or the windows of the two lie side by side;
  /// by mapping the second one into the room behind the first one's window; by mapping both into a
  /// new window. Where the first one does not end with a page, one of them is an object, or
  /// mappings are used up, the first one grows, and the second one is copied behind it.
  ///
  /// - Returns: the block. The old values are void after that.
  /// - Throws: as `allocate`; both blocks are as they were then.
  package func join(_ first: Block, _ second: Block) throws(CompoundError) -> Block {
    attachThreadCache()
    let request = try joining(first.byteCount + second.byteCount)
    return try joinListed(first, second) { () throws(CompoundError) in
      guard first.endsWithPage, !second.isObject else { return try append(second, to: first) }
      if let joined = joinNeighbours(first, second, request) { return joined }
      return try joinPages(first, second, request)
    }
  }

  private func joinPages(
    _ first: Block, _ second: Block, _ request: Request
  ) throws(CompoundError) -> Block {
    if request.stitching == .never { return try append(second, to: first) }
    do throws(CompoundError) {
      if case .stitched(let number) = first.place, windows.room(behind: number) >= second.pageCount
      {
        return try extend(first, number, with: second, request)
      }
      let all = runs { body in
        forEachRun(of: first, body)
        forEachRun(of: second, body)
      }
      let joined = try join(all, of: 2, request, room: request.pageCount)
      retireWindow(of: first)
      retireWindow(of: second)
      return joined
    } catch {
      return try instead(of: error, request) { unforced throws(CompoundError) in
        if let joined = joinNeighbours(first, second, unforced) {
          return noteUnforced(joined, request)
        }
        // Which counts by itself.
        return try append(second, to: first)
      }
    }
  }

  /// Joins two blocks that lie side by side: no system call.
  ///
  /// Frames side by side make no block where stitching is forced.
  private func joinNeighbours(_ first: Block, _ second: Block, _ request: Request) -> Block? {
    switch (first.place, second.place) {
    case (.contiguous(let head), .contiguous(let next)):
      guard head + first.pageCount == next, request.stitching != .always else { return nil }
      pages.withLock { ledger in
        ledger.join(FrameRun(first: head, pageCount: request.pageCount), request.record)
        ledger.noteJoin(2, mappings: nil)
      }
    case (.stitched(let number), .stitched(let other)):
      guard windows.areNeighbours(number, other) else { return nil }
      windows.unite(number, with: other)
      let runs = windows.window(number).runs
      pages.withLock { ledger in
        ledger.joinWindow(runs, in: windows.runs, window: number)
        ledger.noteJoin(2, mappings: nil)
      }
    default: return nil
    }
    return Block(address: first.address, byteCount: request.byteCount, place: first.place)
  }

  /// Maps the second block into the room behind the first one's window.
  private func extend(
    _ first: Block, _ number: Int, with second: Block, _ request: Request
  ) throws(CompoundError) -> Block {
    guard var added = runs({ forEachRun(of: second, $0) }) else { throw windows.shortage }
    do throws(CompoundError) {
      try windows.extend(number, by: added, of: arena, byteCount: request.byteCount)
    } catch {
      windows.runs.free(&added)
      throw error
    }
    pages.withLock { ledger in
      ledger.joinWindow(added, in: windows.runs, window: number)
      ledger.noteJoin(2, mappings: nil)
    }
    retireWindow(of: second)
    return Block(address: first.address, byteCount: request.byteCount, place: first.place)
  }

  /// Copies the second block behind the first one, which grows.
  private func append(_ second: Block, to first: Block) throws(CompoundError) -> Block {
    let byteCount = first.byteCount + second.byteCount
    guard let joined = try resizeUnlisted(first, to: byteCount, .buffer, mayMove: true) else {
      preconditionFailure("a block that may move did not")
    }
    let end = joined.address + UInt(bitPattern: first.byteCount.rawValue)
    RawMemory.copy(second.byteCount, from: second.address, to: end)
    // The first one is counted: the second is not the last.
    free(second, .buffer)
    return joined
  }

  // MARK: Any number of blocks

  func joining(_ byteCount: ByteCount) throws(CompoundError) -> Request {
    var request = try request(byteCount, alignment: .page, .buffer)
    request.stitching = policy.stitching(pageCount: request.pageCount)
    return request
  }

  /// The runs that a function goes through, in nodes of their own; neighbours are one.
  ///
  /// - Returns: the list, or nil where the unused nodes do not suffice.
  func runs(_ forEach: ((FrameRun) -> Void) -> Void) -> RunList? {
    var list = RunList.empty
    var last = FrameRun(first: PageFrame(0), pageCount: 0)
    var isWhole = true
    func add() {
      if last.pageCount > 0 { isWhole = isWhole && windows.runs.append(last, to: &list) }
    }
    forEach { run in
      if last.pageCount > 0, last.end == run.first {
        last = FrameRun(first: last.first, pageCount: last.pageCount + run.pageCount)
      } else {
        add()
        last = run
      }
    }
    add()
    if isWhole { return list }
    windows.runs.free(&list)
    return nil
  }

  /// Makes a block of the frames of several, in one piece where they are, else in a new window.
  ///
  /// The windows of the old blocks are the caller's to retire.
  ///
  /// - Parameters:
  ///   - list: the frames; nil where there were no nodes for it.
  ///   - number: how many blocks they are.
  ///   - request: what the block is to be.
  ///   - room: for the window to grow into.
  /// - Returns: the block.
  /// - Throws: `mappingBudget`, or `systemCall`; the blocks are as they were then, and the list is
  ///   gone.
  func join(
    _ list: RunList?, of number: Int, _ request: Request, room: PageCount
  ) throws(CompoundError) -> Block {
    guard var list else { throw windows.shortage }
    if let run = windows.runs.first(of: list), list.count == 1, request.stitching != .always {
      windows.runs.free(&list)
      pages.withLock { ledger in
        ledger.join(run, request.record)
        ledger.noteJoin(number, mappings: nil)
      }
      return Block(
        address: arena.address(of: run.first), byteCount: request.byteCount,
        place: .contiguous(run.first))
    }
    var layout = Layout(inOrder: list, in: windows.runs)
    do throws(CompoundError) {
      let (window, address) = try windows.open(
        layout, of: arena, byteCount: request.byteCount, owner: request.owner, room: room)
      pages.withLock { ledger in
        ledger.joinWindow(layout.pieces, in: windows.runs, window: window)
        ledger.noteJoin(number, mappings: layout.pieces.count)
      }
      return Block(
        address: address, byteCount: request.byteCount, place: .stitched(window: window))
    } catch {
      windows.runs.free(&layout.pieces)
      throw error
    }
  }

  /// Does something else where mappings are used up: what needs none.
  func instead(
    of error: CompoundError, _ request: Request,
    _ body: (Request) throws(CompoundError) -> Block
  ) throws(CompoundError) -> Block {
    guard error.isShortageOfMappings else {
      pages.withLock { $0.refusals.note(error, request.pageCount) }
      throw error
    }
    do throws(CompoundError) {
      var request = request
      if request.stitching == .always { request.stitching = .whenNeeded }
      return try body(request)
    } catch let other {
      // Refused once.
      pages.withLock { ledger in
        ledger.refusals.note(other, request.pageCount, -1)
        ledger.refusals.note(error, request.pageCount)
      }
      throw error
    }
  }

  /// Counts a block in one piece where stitching was forced.
  func noteUnforced(_ block: Block, _ request: Request) -> Block {
    if case .contiguous = block.place, request.stitching == .always {
      pages.withLock { $0.counts.unforced += 1 }
    }
    return block
  }

  /// Takes the window of a block out of use whose frames have become another block's.
  func retireWindow(of block: Block) {
    if case .stitched(let number) = block.place, windows.retire(number, { _ in }) {
      windows.tearDownRetired()
    }
  }
}
