// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Engine {
  /// Gives a block back.
  ///
  /// In a child of fork it does nothing: the memory is not there.
  ///
  /// - Parameters:
  ///   - block: the block, as `allocate` or `resize` returned it.
  ///   - isOwned: whether a `CompoundBuffer` owned it.
  @inline(__always)
  func free(_ block: Block, isOwned: Bool) {
    if case .object = block.place {
      if freeObject(at: block.address, block.byteCount, isOwned: isOwned) { return }
      stop("the block at \(hexadecimal(block.address)) was freed twice")
    }
    if case .contiguous(let first) = block.place {
      let record = BlockTable.Record(byteCount: block.byteCount, isOwned: isOwned)
      if records.load(BlockTable.place(of: first)) == record,
        putCached(first, record, isOwned: isOwned)
      {
        return
      }
    }
    freeSlowly(block, isOwned: isOwned)
  }

  @inline(never)
  private func freeSlowly(_ block: Block, isOwned: Bool) {
    if sentinel.isInChild { return }
    attachCache()
    switch block.place {
    case .object:
      preconditionFailure("an object is freed elsewhere")
    case .contiguous(let first):
      let run = FrameRun(first: first, pageCount: block.pageCount)
      scrub(run)
      let isLast = ledger.withLock { ledger in
        guard ledger.blocks[first].isInUse(isOwned: isOwned) else {
          stop("the block at \(hexadecimal(block.address)) was freed twice")
        }
        ledger.notePeak()
        ledger.release(run)
        noteFree(&ledger.counts)
        return ledger.counts.subtract(isOwned: isOwned)
      }
      releaseIfLast(isLast)
    case .stitched(let slot):
      let (window, isTeardownDue) = windows.retire(slot)
      for run in window.runs { scrub(run) }
      let isLast = ledger.withLock { ledger in
        ledger.notePeak()
        for run in window.runs { ledger.release(run) }
        noteFree(&ledger.counts)
        return ledger.counts.subtract(isOwned: isOwned)
      }
      if isTeardownDue { windows.tearDownRetired() }
      releaseIfLast(isLast)
    }
  }

  /// Gives a block back by its address, for the pointer interface.
  ///
  /// - Parameters:
  ///   - address: its first byte.
  ///   - byteCount: its size, if the caller says one: a wrong one stops the program.
  @inline(__always)
  package func free(at address: UInt, byteCount: ByteCount?) {
    if freeObject(at: address, byteCount, isOwned: false) { return }
    if let frame = arena.frame(containing: address),
      address & UInt(PageCount.bytesPerPage - 1) == 0
    {
      let record = records.load(BlockTable.place(of: frame))
      if record.isInUse(isOwned: false), byteCount == nil || byteCount == record.byteCount,
        putCached(frame, record, isOwned: false)
      {
        return
      }
    }
    freeSlowly(at: address, byteCount: byteCount)
  }

  @inline(never)
  private func freeSlowly(at address: UInt, byteCount: ByteCount?) {
    if sentinel.isInChild { return }
    let block = block(at: address, to: "free", isOwned: false)
    if let byteCount { check(byteCount, isThatOf: block) }
    freeSlowly(block, isOwned: false)
  }

  /// Stops the program where a block is freed with a size that it does not have.
  func check(_ byteCount: ByteCount, isThatOf block: Block) {
    guard byteCount != block.byteCount else { return }
    stop(
      "cannot free \(hexadecimal(block.address)) with a size of \(byteCount): "
        + "the block has \(block.byteCount)")
  }

  /// Overwrites frames that are about to be free: with zeroes where secrets are wiped, with poison
  /// in checked builds.
  ///
  /// Through the linear map, so that windows need not be mapped.
  func scrub(_ run: FrameRun) {
    scrub(at: arena.address(of: run.first), run.pageCount.byteCount)
  }

  /// Overwrites memory that is about to be free, at any address that shows it.
  func scrub(at address: UInt, _ byteCount: ByteCount) {
    if configuration.isWipedOnFree {
      RawMemory.fill(address, byteCount, with: 0)
    } else if CheckedBuild.isOn {
      RawMemory.fill(address, byteCount, with: CheckedBuild.poison)
    }
  }

  /// Gives whole free chunks back to the system.
  ///
  /// - Returns: the bytes given back.
  /// - Throws: `systemCall`; what could not be given back is still there, and free.
  package func trim() throws(CompoundError) -> ByteCount {
    if sentinel.isInChild { throw .usedAfterFork }
    // A retired window still maps free frames. Its pages would go with the chunks, but a late
    // user of it could bring them back.
    windows.tearDownRetired()
    drainCaches()
    giveUpKept()
    return try growth.withLock { (_) throws(CompoundError) in
      let ranges = ledger.withLock { $0.frames.hideFreeChunks() }
      var given: PageCount = 0
      for (index, range) in ranges.enumerated() {
        let frames = ledger.withLock { $0.frames.frames(in: range) }
        do throws(CompoundError) {
          try arena.giveBack(frames)
        } catch {
          ledger.withLock { ledger in
            for rest in ranges[index...] { ledger.frames.publish(rest) }
          }
          throw error
        }
        given = given + frames.pageCount
        ledger.withLock { ledger in
          ledger.frames.retire(range)
          ledger.counts.resident = ledger.counts.resident - frames.pageCount
        }
      }
      return given.byteCount
    }
  }
}

extension Engine.Ledger {
  /// Notes how much is in use, which is at a peak only where something is about to be freed.
  ///
  /// Not when magazines are emptied: what is in them looks used.
  @inline(__always)
  mutating func notePeak() {
    counts.peakUsed = max(counts.peakUsed, counts.resident - frames.freeResident)
  }

  /// Takes a run out of the block table and frees its frames.
  @inline(__always)
  mutating func release(_ run: FrameRun) {
    blocks.remove(run.first)
    frames.give(run)
  }
}
