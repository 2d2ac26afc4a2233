// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Lists taken apart, and put in order, in the nodes that they have: nothing here can fail.

extension RunTable {
  /// Takes the first runs out of a list.
  ///
  /// - Returns: a list of `count` runs, or of all there are; the caller owns it.
  /// - Complexity: O(runs taken).
  func takeFirst(_ count: Int, of list: inout RunList) -> RunList {
    var taken = RunList(first: list.first, last: list.first, runs: 0, pages: 0)
    var next = list.first
    while taken.runs < min(count, list.count) {
      let node = nodes.load(Int(next))
      taken.last = next
      taken.runs += 1
      taken.pages += node.pages
      next = node.next
    }
    list.first = next
    list.runs -= taken.runs
    list.pages -= taken.pages
    if list.runs == 0 { list = .empty }
    return taken
  }

  /// Puts another run in the place of the only one of a list.
  func replace(_ single: RunList, with run: FrameRun) -> RunList {
    assert(single.runs == 1, "one run replaced in a list of \(single.runs)")
    nodes.store(Node(run), at: Int(single.first))
    return RunList(
      first: single.first, last: single.last, runs: 1, pages: UInt32(run.pageCount.rawValue))
  }

  /// Shortens a list to its first pages.
  ///
  /// - Parameters:
  ///   - list: the list; the run that the border lies in is shortened where it is.
  ///   - pages: what the list keeps, 0 ... its page count.
  /// - Returns: what is cut off that run, if anything is, and the whole runs behind it, which the
  ///   caller owns.
  /// - Complexity: O(runs kept).
  package func cut(
    _ list: inout RunList, keeping pages: PageCount
  ) -> (partial: FrameRun?, rest: RunList) {
    precondition(0 <= pages && pages <= list.pageCount, "\(pages) kept of \(list.pageCount)")
    var (rest, partial) = (list, FrameRun?.none)
    list = .empty
    while list.pageCount < pages, let run = first(of: rest) {
      var single = takeFirst(1, of: &rest)
      let wanted = pages - list.pageCount
      if run.pageCount > wanted {
        partial = run.dropping(wanted)
        single = replace(single, with: run.prefix(wanted))
      }
      append(list: single, to: &list)
    }
    return (partial, rest)
  }

  /// Sorts a list; runs of which neither precedes the other keep their order.
  ///
  /// - Parameters:
  ///   - list: the list.
  ///   - precedes: whether the first run must stand before the second one.
  /// - Complexity: O(runs · log runs): a merge sort from below.
  package func sort(_ list: inout RunList, by precedes: (FrameRun, FrameRun) -> Bool) {
    var width = 1
    while width < list.count {
      var rest = list
      list = .empty
      while rest.runs > 0 {
        var left = takeFirst(width, of: &rest)
        var right = takeFirst(width, of: &rest)
        while let low = first(of: left), let high = first(of: right) {
          let next = precedes(high, low) ? takeFirst(1, of: &right) : takeFirst(1, of: &left)
          append(list: next, to: &list)
        }
        append(list: left, to: &list)
        append(list: right, to: &list)
      }
      width *= 2
    }
  }

  /// Makes one run of every two of which the second follows the first, in the list and in the
  /// arena.
  ///
  /// - Complexity: O(runs).
  package func mergeNeighbours(of list: inout RunList) {
    var (rest, spare) = (list, RunList.empty)
    list = .empty
    while let run = first(of: rest) {
      let single = takeFirst(1, of: &rest)
      if last(of: list)?.end == run.first {
        nodes.update(Int(list.last)) { $0.pages += single.pages }
        list.pages += single.pages
        append(list: single, to: &spare)
      } else {
        append(list: single, to: &list)
      }
    }
    free(&spare)
  }

  /// What lies behind a number of pages in the run of a list in which they end.
  ///
  /// - Returns: that part of the run; nil where they end with a run.
  /// - Complexity: O(runs before).
  package func part(of list: RunList, behind pages: PageCount) -> FrameRun? {
    var left = pages
    for run in elements(of: list) {
      if left < run.pageCount { return left == 0 ? nil : run.dropping(left) }
      left -= run.pageCount
    }
    return nil
  }

  /// Moves all runs of a list to the end of another one; a run that follows the last one of that in
  /// the arena becomes part of it.
  ///
  /// - Returns: whether it did.
  /// - Complexity: O(1).
  package func join(_ tail: RunList, to list: inout RunList) -> Bool {
    guard let last = last(of: list), last.end == first(of: tail)?.first else {
      append(list: tail, to: &list)
      return false
    }
    var rest = tail
    var single = takeFirst(1, of: &rest)
    nodes.update(Int(list.last)) { $0.pages += single.pages }
    list.pages += single.pages
    free(&single)
    append(list: rest, to: &list)
    return true
  }

  /// A list with its first run behind all others.
  package func rotated(_ list: RunList) -> RunList {
    var rest = list
    let first = takeFirst(1, of: &rest)
    append(list: first, to: &rest)
    return rest
  }
}
