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
  /// - Parameter count: the frames wanted; the caller has checked that so many are free and
  ///   resident, or the program stops.
  /// - Returns: the runs, in the order taken. No two are neighbours.
  /// - Complexity: O(runs).
  package mutating func gather(_ count: PageCount) -> [FrameRun] {
    precondition(count <= freeResident, "gathering \(count) of \(freeResident)")
    var gathered: [FrameRun] = []
    var missing = count
    while missing > 0 {
      let run = takeContiguous(missing) ?? takeLongest()
      missing = missing - run.pageCount
      gathered.append(run)
    }
    return gathered
  }

  /// Takes the longest run there is, whole.
  private mutating func takeLongest() -> FrameRun {
    guard let run = runs.longest() else {
      preconditionFailure("free frames that the index does not know")
    }
    take(run, of: run)
    return FrameRun(first: Frame(run.lowerBound), pageCount: PageCount(run.count))
  }
}
