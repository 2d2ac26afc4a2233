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
  /// What the kernel cannot take now is shown again at the end, so that the function finds others
  /// meanwhile.
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
    var kept = InlineArray<16, FrameRun?>(repeating: nil)
    var keptCount = 0
    defer { for index in 0..<keptCount { show(kept[index]) } }
    while left > 0, keptCount < kept.count {
      guard let hidden = pages.withLock({ hide(&$0, left) }) else { break }
      let part = try giveBack(hidden, isReserved: false)
      left -= hidden.pageCount - (part?.pageCount ?? 0)
      if part != nil {
        kept[keptCount] = part
        keptCount += 1
      }
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
    let kept = try giveBack(hidden, isReserved: isReserved)
    show(kept)
    return hidden.pageCount - (kept?.pageCount ?? 0)
  }

  /// Gives hidden frames back; where the kernel refuses, they are shown again.
  ///
  /// - Returns: a part that the kernel cannot take now, still hidden.
  private func giveBack(
    _ hidden: FrameRun, isReserved: Bool
  ) throws(CompoundError) -> FrameRun? {
    let kept: FrameRun?
    do throws(CompoundError) {
      kept = try arena.giveBack(hidden)
    } catch {
      show(hidden)
      throw error
    }
    let before = hidden.prefix(kept.map { $0.first - hidden.first } ?? hidden.pageCount)
    let behind = hidden.dropping(kept.map { $0.end - hidden.first } ?? hidden.pageCount)
    pages.withLock { ledger in
      if before.pageCount > 0 { ledger.retire(before, hadMemory: true) }
      if behind.pageCount > 0 { ledger.retire(behind, hadMemory: true) }
      if isReserved { ledger.frames.reserve(before.pageCount + behind.pageCount) }
    }
    return kept
  }

  /// Shows hidden frames again that the kernel has not taken.
  ///
  /// It may have taken some of their memory. So they are made resident once more, or where there is
  /// no memory for that, they are holes.
  private func show(_ hidden: FrameRun?) {
    guard let hidden else { return }
    let isResident = (try? arena.makeResident(hidden)) != nil
    pages.withLock { ledger in
      if isResident {
        ledger.publish(hidden, isNew: false)
      } else {
        ledger.retire(hidden, hadMemory: true)
      }
    }
  }
}
