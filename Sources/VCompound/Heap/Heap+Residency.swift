// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Frames get memory, and lose it. Requests hold the lock of growth throughout. The helper thread
// holds none: the frames are hidden, and the ledger knows how many.
extension Heap {
  // MARK: From the system

  /// Makes hidden chunks resident and shows them; on failure they are absent again.
  func makeResident(_ chunks: Range<Int>) throws(CompoundError) {
    try makeMemory(for: chunks)
    pages.withLock { $0.publish(chunks, isNew: true) }
  }

  /// Makes hidden chunks resident; on failure they are absent again.
  func makeMemory(for chunks: Range<Int>) throws(CompoundError) {
    let frames = pages.read { $0.frames.hiddenFrames(in: chunks) }
    do throws(CompoundError) {
      try arena.makeResident(frames)
    } catch {
      pages.withLock { $0.retire(chunks, hadMemory: false) }
      throw error
    }
  }

  /// Makes frames resident that lie among others which are in use: where no absent chunk is left.
  func fillHoles(_ count: PageCount) throws(CompoundError) {
    var chunk = 0
    var left = count
    while left > 0 {
      let hidden = pages.withLock { ledger -> FrameRun? in
        let limit = min(left, ledger.frames.freeAbsent)
        return limit > 0 ? ledger.frames.hideHoles(from: chunk, atMost: limit) : nil
      }
      guard let hidden else { return }
      do throws(CompoundError) {
        try arena.makeResident(hidden)
      } catch {
        pages.withLock { $0.retire(hidden, hadMemory: false) }
        throw error
      }
      pages.withLock { $0.publish(hidden, isNew: true) }
      left -= hidden.pageCount
      chunk = hidden.first.rawValue / PageCount.pagesPerChunk
    }
  }

  // MARK: To the system

  /// Gives all free frames back.
  func giveFreeBack() throws(CompoundError) -> PageCount {
    try giveBack(pageCount) { $0.frames.hideLongest(atMost: $1) }
  }

  /// Gives frames back, so many, as far as a function finds some.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - hide: takes free frames out of sight, no more than a number.
  /// - Returns: how many were given back.
  /// - Throws: `systemCall` where the kernel refuses; what was given back before is.
  @discardableResult
  func giveBack(
    _ count: PageCount, _ hide: (inout Ledger, _ atMost: PageCount) -> FrameRun?
  ) throws(CompoundError) -> PageCount {
    var left = count
    while left > 0 {
      let given = try giveBackRun { hide(&$0, left) }
      if given == 0 { break }
      left -= given
    }
    return count - left
  }

  /// Gives the frames back that a function hides.
  ///
  /// - Parameters:
  ///   - isReserved: whether their memory is kept for the caller; see `Frames.reserve`.
  ///   - hide: takes free frames out of sight.
  /// - Returns: how many; 0 where it found none.
  /// - Throws: `systemCall` where the kernel refuses.
  func giveBackRun(
    isReserved: Bool = false, _ hide: (inout Ledger) -> FrameRun?
  ) throws(CompoundError) -> PageCount {
    guard let hidden = pages.withLock({ hide(&$0) }) else { return 0 }
    try giveBack(hidden, isReserved)
    return hidden.pageCount
  }

  /// Gives hidden frames back; where the kernel refuses, they are shown again.
  ///
  /// The kernel may have taken some of their memory before it refused. So they are made resident
  /// once more, or where there is no memory for that, they are holes.
  private func giveBack(_ hidden: FrameRun, _ isReserved: Bool) throws(CompoundError) {
    do throws(CompoundError) {
      try arena.giveBack(hidden)
    } catch {
      let isResident = (try? arena.makeResident(hidden)) != nil
      pages.withLock { ledger in
        if isResident {
          ledger.publish(hidden, isNew: false)
        } else {
          ledger.retire(hidden, hadMemory: true)
        }
      }
      throw error
    }
    pages.withLock { ledger in
      ledger.retire(hidden, hadMemory: true)
      if isReserved { ledger.frames.reserve(hidden.pageCount) }
    }
  }
}
