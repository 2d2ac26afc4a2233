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

  /// Makes objects of the frames of a slab, and of some more where a slab has few and the thread
  /// needs many.
  func enter(slab: FrameRun, _ kind: Int) {
    var slabs = InlineArray<8, FrameRun>(repeating: slab)
    var count = 1
    check(slab)
    let most = slabsAtOnce(kind)
    pages.withLock { ledger in
      ledger.enterSlab(slab)
      objects.map.insert(slab, kind: kind)
      while count < most, ledger.frames.free.rawValue > pageCount.rawValue / 8,
        let slab = ledger.takeRun(slab.pageCount, to: .slabs)
      {
        ledger.enterSlab(slab)
        objects.map.insert(slab, kind: kind)
        slabs[count] = slab
        count += 1
      }
    }
    var index = 0
    objects.add(kind) {
      defer { index += 1 }
      return index < count ? slabs[index] : nil
    }
  }

  /// A quarter of what the thread's magazine has room for, in whole slabs.
  private func slabsAtOnce(_ kind: Int) -> Int {
    guard let cache = unsafe threads.currentUnscrubbed, !reclaimers.isNeeded else { return 1 }
    let shape = objects.shape(kind)
    let wanted = unsafe ObjectMagazines(of: cache)[kind].capacity / 4
    return min(8, wanted / shape.capacity(shape.pageCount))
  }

  /// In checked builds nobody has written to frames since they were freed.
  private func check(_ slab: FrameRun) {
    checkFree(arena.address(of: slab.first), slab.pageCount)
    guard CheckedBuild.isOn else { return }
    objects.checks.fill(arena.address(of: slab.first), slab.pageCount.byteCount)
  }

  /// Gives the frames of slabs back that have no object in use.
  func release(slabs next: () -> FrameRun?) {
    pages.withLock { ledger in
      ledger.notePeak()
      while let slab = next() {
        objects.map.remove(slab)
        ledger.release(slab, from: .slabs)
      }
    }
  }
}
