// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Windows {
  /// The pages of address space behind a window's block.
  package func room(behind slot: Int) -> PageCount {
    state.withLock { state in
      let window = state.table[slot]
      return PageCount(window.range.count) - window.pageCount
    }
  }

  /// Cuts a block off behind a number of pages.
  ///
  /// The pages behind stay mapped, dead, until the window is torn down or the block grows again; a
  /// checked build unmaps them at once.
  ///
  /// - Returns: the frames that the block has no more: at most one run's end, and whole runs.
  package func shrink(
    _ slot: Int, to pageCount: PageCount, byteCount: ByteCount
  ) -> (partial: [FrameRun], whole: [FrameRun]) {
    let (cut, dead) = state.withLock { state in
      let cut = state.table[slot].shrink(to: pageCount)
      state.table[slot].byteCount = byteCount
      let range = state.table[slot].range
      return (cut, range.lowerBound + pageCount.rawValue..<range.upperBound)
    }
    if CheckedBuild.isOn, !dead.isEmpty {
      let place = Self.place(of: dead)
      // A failure costs a check, nothing else.
      try? system.clearWindow(at: place.address, byteCount: place.byteCount)
    }
    return cut
  }

  /// Maps more runs right behind a block, into the room of its window.
  ///
  /// - Throws: `mappingBudget`, or `systemCall`; the block is as it was then.
  package func extend(
    _ slot: Int, by runs: [FrameRun], of arena: borrowing Arena, byteCount: ByteCount
  ) throws(CompoundError) {
    try reserveMappings(runs.count)
    let added = runs.reduce(PageCount(0)) { $0 + $1.pageCount }
    let page = state.withLock { state in
      // The mappings belong to the window from now on, whatever becomes of them.
      state.table[slot].mappings += runs.count
      let window = state.table[slot]
      return window.range.lowerBound + window.pageCount.rawValue
    }
    do throws(CompoundError) {
      try map(runs, of: arena, at: page, pageCount: added)
    } catch {
      withdraw(runs.count, from: slot, clearing: page..<page + added.rawValue)
      throw error
    }
    state.withLock { state in
      state.table[slot].runs += runs
      state.table[slot].pageCount = state.table[slot].pageCount + added
      state.table[slot].byteCount = byteCount
    }
  }

  /// Undoes an extension that failed halfway.
  ///
  /// What cannot be unmapped stays counted.
  private func withdraw(_ mappings: Int, from slot: Int, clearing range: Range<Int>) {
    let place = Self.place(of: range)
    do {
      try system.clearWindow(at: place.address, byteCount: place.byteCount)
    } catch {
      return
    }
    state.withLock { state in
      state.table[slot].mappings -= mappings
      state.budget.release(mappings)
    }
  }
}

extension Window {
  /// Takes the frames behind the first `pageCount` pages away.
  fileprivate mutating func shrink(
    to pageCount: PageCount
  ) -> (partial: [FrameRun], whole: [FrameRun]) {
    var excess = self.pageCount - pageCount
    var whole: [FrameRun] = []
    var partial: [FrameRun] = []
    while excess > 0, let last = runs.popLast() {
      if last.pageCount <= excess {
        whole.append(last)
        excess = excess - last.pageCount
      } else {
        let kept = last.pageCount - excess
        runs.append(last.prefix(kept))
        partial.append(last.dropping(kept))
        excess = 0
      }
    }
    self.pageCount = pageCount
    return (partial, whole)
  }
}
