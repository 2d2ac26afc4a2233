// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Windows {
  /// Takes a window out of use.
  ///
  /// Its frames can be used again at once; its mappings go later.
  ///
  /// - Returns: the window as it was, and whether enough are retired now that the caller, when
  ///   it has given the frames back, should call `tearDownRetired`.
  package func retire(_ slot: Int) -> (window: Window, isTeardownDue: Bool) {
    state.withLock { state in
      let window = state.table.remove(slot)
      let isWhole = window.pageCount.rawValue == window.range.count
      let retired = Retired(
        range: window.range, mappings: window.mappings, runs: isWhole ? window.runs : [],
        pageCount: window.pageCount)
      state.retire(retired)
      return (window, state.retiredMappings >= batch)
    }
  }

  // MARK: Using a window again

  /// Takes the youngest retired window of a size off the list, for the caller to see whether its
  /// frames are still free.
  ///
  /// - Parameters:
  ///   - pageCount: the size.
  ///   - alignment: what its address must be a multiple of, in pages.
  /// - Returns: the window, which the caller reopens or retires again.
  package func takeRetired(_ pageCount: PageCount, alignment: PageCount) -> Retired? {
    state.withLock { state in
      let index = state.retired.lastIndex {
        $0.pageCount == pageCount && !$0.runs.isEmpty
          && $0.range.lowerBound & (alignment.rawValue - 1) == 0
      }
      guard let index else { return nil }
      let retired = state.retired.remove(at: index)
      state.retiredMappings -= retired.mappings
      return retired
    }
  }

  /// Puts a window back on the list of the retired.
  package func retireAgain(_ retired: Retired) {
    state.withLock { $0.retire(retired) }
  }

  /// Makes a retired window, whose frames the caller has taken, a block's again: no system call.
  package func reopen(
    _ retired: Retired, byteCount: ByteCount, isOwned: Bool
  ) -> (slot: Int, address: UInt) {
    let window = Window(
      range: retired.range, runs: retired.runs, pageCount: retired.pageCount,
      mappings: retired.mappings, byteCount: byteCount, isOwned: isOwned)
    return state.withLock { ($0.table.insert(window), window.address) }
  }

  /// Tears all retired windows down, and waits for those that another thread is at work on.
  package func tearDownRetired() {
    teardown.withLock { _ in
      let batch = state.withLock { state in
        let batch = state.retired
        state.retired = []
        state.retiredMappings = 0
        return batch
      }
      guard !batch.isEmpty else { return }
      clear(batch.map(\.range))
      state.withLock { $0.budget.release(batch.reduce(0) { $0 + $1.mappings }) }
    }
  }

  /// Turns windows back into reserved address space, and gives it back.
  func clear(_ ranges: [Range<Int>]) {
    var joined: [Range<Int>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = joined.last, last.upperBound == range.lowerBound {
        joined[joined.count - 1] = last.lowerBound..<range.upperBound
      } else {
        joined.append(range)
      }
    }
    for range in joined {
      let place = Self.place(of: range)
      do {
        try system.clearWindow(at: place.address, byteCount: place.byteCount)
        state.withLock { state in
          for part in ranges where range.overlaps(part) { state.space.free(part) }
        }
      } catch {
        surrender(range)
      }
    }
  }

  /// Gives windows and their address space back to the kernel.
  ///
  /// The last resort: at the limit on mappings the kernel maps nothing, not even in place of
  /// something else, but it still unmaps. The span gets a hole.
  private func surrender(_ range: Range<Int>) {
    let place = Self.place(of: range)
    state.withLock { state in
      // The kernel puts spans side by side: windows that are neighbours may lie in two.
      let spans = state.space.spans.filter { $0.overlaps(range) }
      for span in spans { ForkGuard.remove(at: Self.place(of: span).address) }
      Orphans.release(at: place.address, byteCount: place.byteCount, system: system)
      for span in spans { state.space.surrender(range.clamped(to: span)) }
      for rest in state.space.spans where spans.contains(where: { $0.overlaps(rest) }) {
        let place = Self.place(of: rest)
        ForkGuard.keep(at: place.address, byteCount: place.byteCount)
      }
    }
  }
}

extension Windows.State {
  fileprivate mutating func retire(_ window: Windows.Retired) {
    retired.append(window)
    retiredMappings += window.mappings
  }
}
