// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Windows {
  /// Cuts a block off behind a number of pages.
  ///
  /// The pages behind stay mapped, dead, until the window is torn down or the block grows again; a
  /// checked build unmaps them at once.
  ///
  /// - Returns: the frames that the block has no more: at most one run's end, and whole runs, whose
  ///   nodes the caller frees.
  package func shrink(
    _ number: Int, to pageCount: PageCount, byteCount: ByteCount
  ) -> (partial: FrameRun?, whole: RunList) {
    let (cut, dead) = table.withLock { table in
      assert(!table[number].isMirrored, "a ring has one size")
      let (partial, whole) = runs.cut(&table[number].runs, keeping: pageCount)
      table[number].byteCount = byteCount
      let first = table[number].firstPage
      return (
        (partial: partial, whole: whole),
        first + pageCount.rawValue..<first + table[number].room.rawValue
      )
    }
    if CheckedBuild.isOn, !dead.isEmpty {
      let place = AddressRange(pages: dead)
      // A failure costs a check, nothing else.
      try? system.clearWindow(at: place.address, byteCount: place.byteCount)
    }
    return cut
  }

  /// The pages of address space behind a block, into which it can grow.
  package func room(behind number: Int) -> PageCount {
    let window = window(number)
    return window.room - window.pageCount
  }

  /// Maps more runs right behind a block, into the room of its window.
  ///
  /// - Throws: `mappingBudget`, or `systemCall`; the block is as it was then, and the runs are the
  ///   caller's.
  package func extend(
    _ number: Int, by added: RunList, of arena: borrowing Arena, byteCount: ByteCount
  ) throws(CompoundError) {
    try reserveMappings(added.count)
    let page = table.withLock { table in
      // The mappings belong to the window from now on, also where making them fails.
      table[number].mappings += added.count
      return table[number].firstPage + table[number].pageCount.rawValue
    }
    do throws(CompoundError) {
      try map(added, of: arena, at: page)
    } catch {
      withdraw(added.count, from: number, clearing: page..<page + added.pageCount.rawValue)
      throw error
    }
    table.withLock { table in
      runs.append(list: added, to: &table[number].runs)
      table[number].byteCount = byteCount
    }
  }

  /// Undoes an extension that failed halfway.
  ///
  /// What cannot be unmapped stays counted.
  private func withdraw(_ mappings: Int, from number: Int, clearing range: Range<Int>) {
    let place = AddressRange(pages: range)
    guard (try? system.clearWindow(at: place.address, byteCount: place.byteCount)) != nil else {
      return
    }
    table.withLock { table in
      table[number].mappings -= mappings
      table.budget.release(mappings)
    }
  }
}
