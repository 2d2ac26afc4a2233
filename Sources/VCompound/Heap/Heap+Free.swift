// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  // MARK: Without a lock

  /// Puts a block that a buffer owned into the calling thread's magazines.
  ///
  /// - Returns: whether it is there; else nothing has changed.
  @inline(__always)
  package func putCachedBlock(_ block: Block) -> Bool {
    switch block.place {
    case .object: return putCachedObject(block.address)
    case .contiguous(let first):
      let record = BlockTable.Record(byteCount: block.byteCount, owner: .buffer)
      return pages.records.load(BlockTable.place(of: first)) == record
        && putCachedPages(block.address, record, .buffer)
    case .stitched: return false
    }
  }

  /// Puts a block of pages that a pointer owned into the calling thread's magazines, unless freed
  /// memory is overwritten.
  ///
  /// - Returns: whether it is there; else nothing has changed.
  @inline(__always)
  func putCachedPages(at address: UInt, _ byteCount: ByteCount?) -> Bool {
    guard let cache = unsafe threads.currentUnscrubbed,
      let frame = arena.frame(containing: address),
      address & UInt(PageCount.bytesPerPage - 1) == 0, !objects.map.entry(frame).isSlab
    else { return false }
    let record = pages.records.load(BlockTable.place(of: frame))
    return unsafe record.isInUse(of: .pointer)
      && (byteCount == nil || byteCount == record.byteCount)
      && putCachedPages(address, record, .pointer, cache)
  }

  // MARK: To the frames

  /// Gives a block back.
  ///
  /// The last access of the caller: the heap may end with its last block.
  ///
  /// - Parameters:
  ///   - block: the block, as `allocate` or `resize` returned it.
  ///   - owner: what owned it.
  @inline(never)
  package func free(_ block: Block, _ owner: BlockOwner) {
    attachThreadCache()
    switch block.place {
    case .object:
      guard freeObject(at: block.address, block.byteCount, owner) else {
        stop("the block at \(hexadecimal(block.address)) was freed twice")
      }
    case .contiguous(let first):
      if policy.hasCensus { leaveCensus(block.address) }
      let record = BlockTable.Record(byteCount: block.byteCount, owner: owner)
      if openMagazine(block.pageCount) || makeRoom(block.pageCount) || policy.scrubs,
        pages.records.load(BlockTable.place(of: first)) == record,
        putPages(block.address, record, owner)
      {
        return
      }
      endContents(of: block)
      let isLast = pages.withLock { ledger in
        guard ledger.blocks[first].isInUse(of: owner) else {
          stop("the block at \(hexadecimal(block.address)) was freed twice")
        }
        policy.noteFree(&ledger)
        ledger.release(FrameRun(first: first, pageCount: block.pageCount))
        return ledger.counts.leave(owner)
      }
      end(if: isLast)
    case .stitched(let number):
      if policy.hasCensus { leaveCensus(block.address) }
      endContents(of: block)
      retireWindow(number, from: .out)
      let isLast = pages.withLock { ledger in
        policy.noteFree(&ledger)
        return ledger.counts.leave(owner)
      }
      end(if: isLast)
    }
  }

  /// Takes a window out of use and frees its frames.
  func retireWindow(_ number: Int, from account: Accounts.Name) {
    let isTeardownDue = windows.retire(number) { runs in
      pages.withLock { $0.releaseWindow(runs, in: windows.runs, from: account) }
    }
    if isTeardownDue { windows.tearDownRetired() }
  }

  /// Gives a block back by its address, for the pointer interface.
  ///
  /// - Parameters:
  ///   - address: its first byte.
  ///   - byteCount: its size, if the caller says one: a wrong one stops the program.
  @inline(never)
  package func free(at address: UInt, byteCount: ByteCount?) {
    let isNew = attachThreadCache()
    if freeObject(at: address, byteCount, .pointer) { return }
    if isNew, putCachedPages(at: address, byteCount) { return }
    let block = contiguousBlock(at: address) ?? block(at: address, to: "free", .pointer)
    if let byteCount { check(byteCount, isThatOf: block) }
    free(block, .pointer)
  }

  /// The contiguous block of a pointer that begins at an address, by its record alone.
  private func contiguousBlock(at address: UInt) -> Block? {
    guard let frame = arena.frame(containing: address),
      address & UInt(PageCount.bytesPerPage - 1) == 0
    else { return nil }
    let record = pages.records.load(BlockTable.place(of: frame))
    guard record.isInUse(of: .pointer) else { return nil }
    return Block(address: address, byteCount: record.byteCount, place: .contiguous(frame))
  }

  /// Stops the program where a block is freed with a size that it does not have.
  func check(_ byteCount: ByteCount, isThatOf block: Block) {
    guard byteCount != block.byteCount else { return }
    stop(
      "cannot free \(hexadecimal(block.address)) with a size of \(byteCount): "
        + "the block has \(block.byteCount)")
  }

  // MARK: To the system

  /// Gives all free memory back to the system.
  ///
  /// - Returns: the bytes given back.
  /// - Throws: `systemCall`; what could not be given back is still there, and free.
  package func trim() throws(CompoundError) -> ByteCount {
    // A retired window still maps free frames. Its pages would go with the chunks, but a late
    // user of it could bring them back.
    windows.tearDownRetired()
    return try inNeed { () throws(CompoundError) in
      try growth.withLock { (_) throws(CompoundError) in try giveFreeBack().byteCount }
    }
  }
}
