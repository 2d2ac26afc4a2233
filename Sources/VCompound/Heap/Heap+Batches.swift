// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

// Blocks of pages on their way between the frames and a thread's magazine, several at a time: one
// lock for all of them. So a burst that is longer than the magazine costs half.
extension Heap {
  /// The fewest blocks that are worth it.
  private static var smallestBatch: Int { 4 }

  /// Takes a block from the frames, and some more for the thread's magazine, which had none.
  ///
  /// No more than the run holds that serves the one block, and none of the last eighth of the
  /// arena: where memory is short, nothing is kept that was not asked for.
  ///
  /// - Returns: the frames of the one block, or nil where nothing has changed.
  func takeBatch(_ request: Request) -> FrameRun? {
    let size = request.pageCount
    guard request.stitching == .whenNeeded, !reclaimers.isNeeded,
      let magazines = magazines(for: size)
    else { return nil }
    let taken = magazines.inGate { () -> FrameRun? in
      let room = min(magazines.room(size.rawValue), magazines[size.rawValue].capacity / 2)
      guard room >= Self.smallestBatch else { return nil }
      let run = pages.withLock { ledger in
        isShort(ledger) ? nil : ledger.takeBatch(1 + room, of: size, request.record)
      }
      guard let run else { return nil }
      for first in stride(from: size.rawValue, to: run.pageCount.rawValue, by: size.rawValue) {
        let frame = PageFrame(run.first.rawValue + first)
        magazines.add(arena.address(of: frame), size.rawValue)
      }
      return FrameRun(first: run.first, pageCount: size)
    }
    return taken ?? nil
  }

  /// Gives half of what is in the thread's magazine of this many pages to the frames, if it is
  /// full.
  ///
  /// - Returns: whether there is room now.
  func makeRoom(_ size: PageCount) -> Bool {
    guard let magazines = magazines(for: size) else { return false }
    let isDone = magazines.inGate {
      let magazine = magazines[size.rawValue]
      let number = magazine.capacity / 2
      guard number >= Self.smallestBatch, magazine.count == magazine.capacity else { return false }
      pages.withLock { ledger in
        policy.noteFree(&ledger, number)
        magazines.removeOldest(number, size.rawValue) { block in
          ledger.release(FrameRun(first: arena.frame(at: block), pageCount: size))
        }
        ledger.counts.enter(.pointer, -number)
      }
      return true
    }
    return isDone ?? false
  }

  /// The thread's magazines, if blocks of this many pages are kept in them as they are.
  private func magazines(for size: PageCount) -> PageMagazines? {
    guard size.rawValue <= policy.cacheCeiling.load(ordering: .relaxed),
      !policy.scrubs, let cache = unsafe threads.current
    else { return nil }
    return unsafe PageMagazines(of: cache)
  }
}
