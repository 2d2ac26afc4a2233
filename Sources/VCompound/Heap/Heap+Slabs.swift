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
      return pages.withLock { isShort($0) ? nil : $0.takeRun(count, to: .slabs) }
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
    check(slab)
    objects.add(kind) { file in
      pages.withLock { enter(slab, kind, &$0) }
      file(slab)
    }
    let shape = objects.shape(kind)
    guard !policy.scrubs, let cache = unsafe threads.current, !reclaimers.isNeeded else { return }
    let magazines = unsafe ObjectMagazines(of: cache)
    // In the gate: who shuts that to see all that is free finds these filed, or not taken.
    _ = magazines.inGate {
      let wanted = magazines[kind].capacity / 4 / shape.capacity(shape.pageCount)
      guard wanted > 1 else { return }
      objects.add(kind) { file in
        pages.withLock { ledger in
          for _ in 1..<min(Self.mostSlabsAtOnce, wanted) {
            guard !isShort(ledger), let slab = ledger.takeRun(slab.pageCount, to: .slabs) else {
              return
            }
            enter(slab, kind, &ledger)
            file(slab)
          }
        }
      }
    }
  }

  private static var mostSlabsAtOnce: Int { 8 }

  private func enter(_ slab: FrameRun, _ kind: Int, _ ledger: inout Ledger) {
    ledger.enterSlab(slab)
    objects.map.insert(slab, kind: kind)
  }

  /// Whether only the last eighth of the arena is free: nothing is taken then that nobody asked
  /// for.
  func isShort(_ ledger: borrowing Ledger) -> Bool {
    ledger.frames.free.rawValue < pageCount.rawValue / 8
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
