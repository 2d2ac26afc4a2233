// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Slabs: the runs of frames that objects come from and go back to.

extension Heap {
  /// Takes the frames of a slab, in one piece.
  ///
  /// For objects of more than a page only resident ones, and none of the last eighth of the arena:
  /// where memory is short, the exact pages for one object are less than a slab of several, and can
  /// be stitched. For the same reason a slab for smaller objects is a page while a request is in
  /// need. Where no run is long enough, it has as many pages as there are side by side.
  func obtainSlab(_ kind: Int) -> FrameRun? {
    let count = objects.shape(kind).pageCount
    guard objects.shape(kind).byteCount <= PageCount.bytesPerPage else {
      return pages.withLock { ledger in
        let isShort = ledger.frames.free.rawValue < pageCount.rawValue / 8
        return isShort ? nil : ledger.takeRun(count, to: .slabs)
      }
    }
    let want = Want(
      count: reclaimers.isNeeded ? 1 : count,
      stitching: policy.fallback == .never ? .never : .whenNeeded,
      isOptional: true, patience: .atOnce)
    let slab = try? obtain(want) { ledger, runs in
      runs == 1 ? takeSlab(&ledger, want.count) : nil
    }
    return slab ?? pages.withLock { takeShorterSlab(&$0, than: want.count) }
  }

  /// Takes the frames of a slab, or of a shorter one where more may not become resident: what
  /// threads keep is not taken from them for a longer one.
  private func takeSlab(_ ledger: inout Ledger, _ count: PageCount) -> FrameRun? {
    if let run = ledger.takeRun(count, to: .slabs) { return run }
    let room = ledger.roomToGrow(for: count, slack: policy.residencySlack)
    return room > 0 ? nil : takeShorterSlab(&ledger, than: count)
  }

  private func takeShorterSlab(_ ledger: inout Ledger, than count: PageCount) -> FrameRun? {
    var count = count
    while count > 1 {
      count -= 1
      if let run = ledger.takeRun(count, to: .slabs) { return run }
    }
    return nil
  }

  /// Makes objects of the frames of a slab.
  func enter(slab run: FrameRun, _ kind: Int) {
    checkFree(arena.address(of: run.first), run.pageCount)
    if CheckedBuild.isOn {
      objects.checks.fill(arena.address(of: run.first), run.pageCount.byteCount)
    }
    pages.withLock { ledger in
      ledger.enterSlab(run)
      objects.map.insert(run, kind: kind)
    }
    objects.add(run, kind)
  }

  /// Gives the frames of a slab back that has no object in use.
  func release(slab run: FrameRun) {
    pages.withLock { ledger in
      ledger.notePeak()
      objects.map.remove(run)
      ledger.release(run, from: .slabs)
    }
  }
}
