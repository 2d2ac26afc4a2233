// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// Takes frames in as few runs as there can be: the longest runs first, and for the rest the
  /// shortest run that holds it.
  ///
  /// Longest first needs 2 to 6 runs where shortest first needs 20 to 110; every run is a
  /// mapping.
  ///
  /// - Parameters:
  ///   - count: the frames wanted; the caller has checked that so many are free and resident, or
  ///     the program stops.
  ///   - table: where the list of the runs has its nodes.
  ///   - limit: the most runs.
  /// - Returns: the runs, in the order taken, of which no two are neighbours. Nil where they are
  ///   too many, or the table has no node left; nothing is taken then.
  /// - Complexity: O(runs).
  package mutating func gather(
    _ count: PageCount, into table: borrowing RunTable, atMost limit: Int = .max
  ) -> RunList? {
    // No run is longer than the longest.
    let longest = runs.longest()?.count ?? 1
    guard (count.rawValue - 1) / longest < limit else { return nil }
    precondition(count <= freeResident, "gathering \(count) of \(freeResident)")
    var gathered = RunList.empty
    while gathered.pageCount < count {
      let run = takeContiguous(count - gathered.pageCount) ?? takeLongest()
      guard gathered.count < limit, table.append(run, to: &gathered) else {
        give(run)
        give(gathered, of: table)
        table.free(&gathered)
        return nil
      }
    }
    return gathered
  }

  /// Gives the frames of all runs of a list back; the nodes stay the caller's.
  package mutating func give(_ list: RunList, of table: borrowing RunTable) {
    for run in table.elements(of: list) { give(run) }
  }

  /// Takes the longest run there is, whole.
  private mutating func takeLongest() -> FrameRun {
    guard let run = runs.longest() else {
      preconditionFailure("free frames that the index does not know")
    }
    take(run, of: run)
    return FrameRun(first: PageFrame(run.lowerBound), pageCount: PageCount(run.count))
  }
}
