// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Blocks that are cut in two, and put together again: no system call, the addresses stay.

extension Windows {
  /// Makes two blocks of one.
  ///
  /// The upper block has whatever lies behind the old one's end: room, and the page that is never
  /// mapped; behind the lower one there is the upper one.
  ///
  /// - Parameters:
  ///   - number: the window of the block, which the lower part keeps.
  ///   - pageCount: the pages of the lower part, at least 1 and fewer than the block has.
  /// - Returns: the number of the upper part's window.
  /// - Throws: `mappingBudget`: each window may be torn down apart, which takes a mapping more, and
  ///   another one where a run is cut. The block is as it was then.
  /// - Complexity: O(runs of the lower part).
  package func divide(_ number: Int, at pageCount: PageCount) throws(CompoundError) -> Int {
    let whole = window(number)
    precondition(
      0 < pageCount && pageCount < whole.pageCount && !whole.isMirrored,
      "a window of \(whole.pageCount) cut at \(pageCount)")
    var upper = RunList.empty
    if let part = runs.part(of: whole.runs, behind: pageCount), !runs.append(part, to: &upper) {
      throw shortage
    }
    let added = upper.count + 1
    do throws(CompoundError) {
      try reserveMappings(added)
    } catch {
      runs.free(&upper)
      throw error
    }
    let border = whole.firstPage + pageCount.rawValue
    let divided = table.withLock { table -> Int? in
      guard let segment = space.divide(UInt32(number), at: border) else { return nil }
      var lower = table[number]
      runs.append(list: runs.cut(&lower.runs, keeping: pageCount).rest, to: &upper)
      lower.mappings = lower.runs.count + 1
      lower.room = pageCount
      lower.byteCount = pageCount.byteCount
      table[number] = lower
      // What a failure or a shorter block has left mapped lies in the upper part, or behind it.
      let other = Window(
        firstPage: border, room: whole.room - pageCount, runs: upper, isMirrored: false,
        byteCount: whole.byteCount - pageCount.byteCount,
        mappings: whole.mappings + added - lower.mappings, owner: whole.owner)
      table.insert(other, at: Int(segment))
      return Int(segment)
    }
    if let divided { return divided }
    runs.free(&upper)
    throw table.withLock { table in
      table.budget.release(added)
      return table.shortage(of: added)
    }
  }

  /// Whether the second block lies right behind the first one, which has no room between them.
  package func areNeighbours(_ number: Int, _ other: Int) -> Bool {
    let (lower, upper) = (window(number), window(other))
    return lower.room == lower.pageCount
      && upper.firstPage == lower.firstPage + lower.room.rawValue
      && space.neighbour(after: UInt32(number)) == UInt32(other)
  }

  /// Makes one block of two that are neighbours: what `divide` does, undone.
  ///
  /// - Parameters:
  ///   - number: the window of the lower block, which the whole keeps.
  ///   - other: that of the upper one, which is none afterwards.
  /// - Complexity: O(1).
  package func unite(_ number: Int, with other: Int) {
    table.withLock { table in
      guard space.unite(UInt32(number), with: UInt32(other)) else {
        stop("the windows \(number) and \(other) are no neighbours")
      }
      var whole = table[number]
      table[other].state = .leaving
      let upper = table.remove(other)
      // One run less, where the last page of the one is before the first of the other.
      let surplus = runs.join(upper.runs, to: &whole.runs) ? 2 : 1
      whole.byteCount = whole.room.byteCount + upper.byteCount
      whole.room += upper.room
      whole.mappings += upper.mappings - surplus
      table[number] = whole
      table.budget.release(surplus)
    }
  }

  /// The window of the block that begins at an address.
  package func number(at address: UInt) -> Int? {
    space.segment(startingAt: Int(bitPattern: address >> UInt(PageCount.pageShift)))
      .map { Int($0) }
  }

  /// Changes the size in bytes of a block, which stays within its last page.
  package func setByteCount(of number: Int, _ byteCount: ByteCount) {
    table.withLock { $0[number].byteCount = byteCount }
  }
}
