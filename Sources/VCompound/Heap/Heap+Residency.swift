// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Frames get memory, and lose it: the lock of growth is held throughout.
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

  /// Makes hidden frames of a chunk resident, all or none.
  private func makeMemory(for frames: HiddenFrames) throws(CompoundError) {
    do throws(CompoundError) {
      try frames.forEachRun { (run) throws(CompoundError) in try arena.makeResident(run) }
    } catch {
      frames.forEachRun { try? arena.giveBack($0) }
      throw error
    }
  }

  /// Makes frames resident that lie among others which are in use: where no absent chunk is left.
  func fillHoles(_ count: PageCount) throws(CompoundError) {
    var chunk = 0
    var left = count
    while left > 0 {
      let hidden = pages.withLock { ledger -> HiddenFrames? in
        let limit = min(left, ledger.frames.freeAbsent)
        return limit > 0 ? ledger.hideHoles(from: chunk, atMost: limit) : nil
      }
      guard let hidden else { return }
      do throws(CompoundError) {
        try makeMemory(for: hidden)
      } catch {
        pages.withLock { $0.retire(hidden, hadMemory: false) }
        throw error
      }
      pages.withLock { $0.publish(hidden, isNew: true) }
      left -= hidden.pageCount
      chunk = hidden.chunk
    }
  }

  // MARK: To the system

  /// Gives all free frames back: whole chunks, then the frames of the others.
  func giveFreeBack() throws(CompoundError) -> ByteCount {
    var given: PageCount = 0
    var chunk = 0
    while let chunks = pages.withLock({ $0.hideFreeChunks(from: chunk) }) {
      given += try giveBack(chunks)
      chunk = chunks.upperBound
    }
    return (given + (try giveScatteredBack(pageCount))).byteCount
  }

  /// Gives hidden chunks back; where the kernel refuses, they are shown again.
  ///
  /// The kernel may have taken some of their memory before it refused. So they are made resident
  /// once more, or where there is no memory for that, they are absent.
  private func giveBack(_ chunks: Range<Int>) throws(CompoundError) -> PageCount {
    let frames = pages.read { $0.frames.hiddenFrames(in: chunks) }
    do throws(CompoundError) {
      try arena.giveBack(frames)
    } catch {
      let isResident = (try? arena.makeResident(frames)) != nil
      pages.withLock { ledger in
        if isResident {
          ledger.publish(chunks, isNew: false)
        } else {
          ledger.retire(chunks, hadMemory: true)
        }
      }
      throw error
    }
    pages.withLock { $0.retire(chunks, hadMemory: true) }
    return frames.pageCount
  }

  /// Gives hidden frames back; where the kernel refuses, they are treated as chunks are.
  func giveBack(_ frames: HiddenFrames) throws(CompoundError) {
    do throws(CompoundError) {
      try frames.forEachRun { (run) throws(CompoundError) in try arena.giveBack(run) }
    } catch {
      let isResident = (try? makeMemory(for: frames)) != nil
      pages.withLock { ledger in
        if isResident {
          ledger.publish(frames, isNew: false)
        } else {
          ledger.retire(frames, hadMemory: true)
        }
      }
      throw error
    }
    pages.withLock { $0.retire(frames, hadMemory: true) }
  }
}
