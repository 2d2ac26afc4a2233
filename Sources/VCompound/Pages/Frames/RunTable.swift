// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A fixed number of nodes for lists of runs, so that runs are kept without asking malloc.
///
/// Each list belongs to its holder, which changes its nodes without a lock. The unused nodes are a
/// stack behind a lock. No other lock is taken while that one is held, so it may be taken under
/// any other. Nodes that were never used are counted, not stacked: they cost no memory.
///
/// Invariants: a node is in one list or among the unused ones; `nodes` views `table`.
package struct RunTable: ~Copyable, @unchecked Sendable {
  /// A run, and the number of the node behind it in its list.
  ///
  /// The last node of a list has a stale number there.
  struct Node: BitwiseCopyable {
    var first: UInt32
    var pages: UInt32
    var next: UInt32

    init(_ run: FrameRun) {
      first = UInt32(run.first.rawValue)
      pages = UInt32(run.pageCount.rawValue)
      next = 0
    }

    var run: FrameRun {
      FrameRun(first: PageFrame(Int(first)), pageCount: PageCount(Int(pages)))
    }
  }

  /// The nodes that no list has.
  struct Unused {
    /// Those that lists had: a stack, whose page count says nothing.
    var stack = RunList.empty
    /// The number of the first node that no list ever had.
    var fresh: UInt32 = 0
  }

  private let table: ZeroedTable<Node>
  let nodes: SharedTable<Node>
  private let unused = Lock(Unused())

  /// Makes a table without lists.
  ///
  /// - Parameters:
  ///   - capacity: the most runs in all lists together, at least 1.
  ///   - system: where the table is mapped: 12 bytes a run, as they get used.
  /// - Throws: `systemCall`.
  package init(capacity: Int, system: OperatingSystem) throws(CompoundError) {
    let table = try ZeroedTable<Node>(count: capacity, system: system)
    nodes = table.shared
    self.table = table
  }

  /// The nodes that no list has.
  package var unusedCount: Int {
    unused.withLock { $0.stack.count + nodes.count - Int($0.fresh) }
  }

  /// Adds a run at the end of a list.
  ///
  /// - Returns: whether there was a node for it; else nothing changes.
  package func append(_ run: FrameRun, to list: inout RunList) -> Bool {
    let node = unused.withLock { unused -> UInt32? in
      if unused.stack.runs > 0 {
        let node = unused.stack.first
        unused.stack.first = nodes.load(Int(node)).next
        unused.stack.runs -= 1
        return node
      }
      guard Int(unused.fresh) < nodes.count else { return nil }
      unused.fresh += 1
      return unused.fresh - 1
    }
    guard let node else { return false }
    nodes.store(Node(run), at: Int(node))
    let pages = UInt32(run.pageCount.rawValue)
    append(list: RunList(first: node, last: node, runs: 1, pages: pages), to: &list)
    return true
  }

  /// Moves all runs of a list to the end of another one.
  ///
  /// - Parameters:
  ///   - tail: the list whose runs move; its value is void afterwards.
  ///   - list: the list that owns them from now on.
  /// - Complexity: O(1).
  package func append(list tail: RunList, to list: inout RunList) {
    guard list.runs > 0, tail.runs > 0 else {
      if tail.runs > 0 { list = tail }
      return
    }
    nodes.update(Int(list.last)) { $0.next = tail.first }
    list.last = tail.last
    list.runs += tail.runs
    list.pages += tail.pages
  }

  /// Makes a list of the same runs in nodes of its own.
  ///
  /// - Returns: the list, or nil where the unused nodes do not suffice. Nothing changes then.
  package func copy(_ list: RunList) -> RunList? {
    var copy = RunList.empty
    for run in elements(of: list) {
      guard append(run, to: &copy) else {
        free(&copy)
        return nil
      }
    }
    return copy
  }

  /// Gives the nodes of a list back, and empties the list.
  ///
  /// - Complexity: O(1).
  package func free(_ list: inout RunList) {
    guard list.runs > 0 else { return }
    #if VCOMPOUND_INTERNAL_CHECKS
      validate(list)
      var node = list.first
      for _ in 0..<list.runs {
        nodes.update(Int(node)) { current in
          current.pages = 0
          node = current.next
        }
      }
    #endif
    unused.withLock { unused in
      append(list: unused.stack, to: &list)
      unused.stack = list
      unused.stack.pages = 0
    }
    list = .empty
  }
}
