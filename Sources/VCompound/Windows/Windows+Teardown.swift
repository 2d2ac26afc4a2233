// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Windows {
  /// Takes a window out of use.
  ///
  /// Its frames can be used again at once; its mappings go later.
  ///
  /// - Parameters:
  ///   - number: the window of a block that is being freed.
  ///   - giveFrames: frees the frames. Called with the table locked: until it returns, the window
  ///     is neither used again nor torn down.
  /// - Returns: whether so many are retired that the caller shall call `tearDownRetired`.
  package func retire(_ number: Int, _ giveFrames: (RunList) -> Void) -> Bool {
    table.withLock { table in
      giveFrames(table.retire(number).runs)
      return table.retiredMappings >= batch
    }
  }

  // MARK: Using a window again

  /// Makes the youngest retired window of a size a block's again, if its frames are free: no
  /// system call.
  ///
  /// - Parameters:
  ///   - pageCount: the size.
  ///   - isMirrored: whether its runs shall be mapped twice.
  ///   - alignment: what its address must be a multiple of, in pages.
  ///   - byteCount: the size of the new block.
  ///   - owner: what will free it.
  ///   - takeFrames: takes the frames of the window with this number, if all are free. Called with
  ///     the table locked: until it returns, the window keeps its runs and mappings.
  /// - Returns: the window's number and address, or nil.
  package func reopen(
    _ pageCount: PageCount, isMirrored: Bool, alignment: PageCount, byteCount: ByteCount,
    owner: BlockOwner, _ takeFrames: (_ number: Int, RunList) -> Bool
  ) -> (number: Int, address: UInt)? {
    table.withLock { table in
      let found = table.youngestRetired { window in
        window.pageCount == pageCount && window.room == pageCount
          && window.isMirrored == isMirrored
          && window.firstPage & (alignment.rawValue - 1) == 0
      }
      guard let number = found, takeFrames(number, table[number].runs) else { return nil }
      table.unretire(number, .live)
      table[number].byteCount = byteCount
      table[number].owner = owner
      return (number, table[number].address)
    }
  }

  // MARK: Teardown

  /// Tears all retired windows down, and waits for those that another thread is at work on.
  package func tearDownRetired() {
    teardown.withLock { _ in
      while let range = table.withLock({ takeRetiredNeighbours(&$0) }) { clear(range) }
    }
  }

  /// Takes a retired window off the list, and its neighbours that are retired too.
  ///
  /// - Returns: the address space of all of them, in pages.
  private func takeRetiredNeighbours(_ table: inout WindowTable) -> Range<Int>? {
    guard let number = table.youngestRetired(where: { _ in true }) else { return nil }
    table.unretire(number, .leaving)
    var range = space.range(of: UInt32(number))
    var last = UInt32(number)
    while let next = space.neighbour(after: last), table[Int(next)].state == .retired {
      table.unretire(Int(next), .leaving)
      range = range.lowerBound..<space.range(of: next).upperBound
      last = next
    }
    var first = UInt32(number)
    while let next = space.neighbour(before: first), table[Int(next)].state == .retired {
      table.unretire(Int(next), .leaving)
      range = space.range(of: next).lowerBound..<range.upperBound
      first = next
    }
    return range
  }

  /// Turns windows side by side back into reserved address space, and gives that back.
  ///
  /// At the limit on mappings the kernel maps nothing, not even in place of something else, but it
  /// still unmaps: then the address space goes back to the kernel, and the span has a hole.
  func clear(_ range: Range<Int>) {
    let place = AddressRange(pages: range)
    let isCleared: Bool
    do throws(CompoundError) {
      try system.clearWindow(at: place.address, byteCount: place.byteCount)
      isCleared = true
    } catch {
      ProcessState.releaseSpans(place, system: system)
      isCleared = false
    }
    forgetWindows(in: range)
    if isCleared { freeSegments(in: range) } else { space.surrender(range) }
  }

  /// Takes the windows of a range that leave out of the table, and gives their mappings and runs
  /// back.
  private func forgetWindows(in range: Range<Int>) {
    forEachSegment(in: range) { index, _ in
      table.withLock { table in
        guard table[Int(index)].state == .leaving else { return }
        var window = table.remove(Int(index))
        table.budget.release(window.mappings)
        runs.free(&window.runs)
      }
    }
  }

  private func freeSegments(in range: Range<Int>) {
    forEachSegment(in: range) { space.free($1) }
  }

  private func forEachSegment(
    in range: Range<Int>, _ body: (_ index: UInt32, _ range: Range<Int>) -> Void
  ) {
    var page = range.lowerBound
    while page < range.upperBound, let index = space.segment(startingAt: page) {
      let segment = space.range(of: index)
      body(index, segment)
      page = segment.upperBound
    }
  }

  // MARK: Checking

  /// Stops the program unless address space, table and budget agree.
  package func validate() {
    space.validate()
    table.withLock { table in
      var mappings = 0
      var live = LiveWindows()
      var retired = 0
      table.forEach { window in
        mappings += window.mappings
        live.add(window, 1)
        if window.state != .live { retired += 1 }
      }
      precondition(live == table.live && retired == table.retiredCount)
      precondition(
        mappings == table.budget.used, "\(mappings) mappings, not \(table.budget.used)")
    }
  }

  /// Calls a function for every window in use.
  package func forEach(_ body: (Window) -> Void) {
    table.withLock { table in
      table.forEach { if $0.state == .live { body($0) } }
    }
  }
}
