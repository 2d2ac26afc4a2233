// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Runs of frames in a given order: a value that names nodes of a `RunTable`.
///
/// The holder of a list owns its nodes. A copy of the value names the same nodes: only one of the
/// two may be changed or freed, and the other is void then.
package struct RunList: BitwiseCopyable, Hashable, Sendable {
  /// The numbers of the first and the last node; without meaning in an empty list.
  var first: UInt32 = 0
  var last: UInt32 = 0

  /// The runs, and the pages of all of them.
  var runs: UInt32 = 0
  var pages: UInt32 = 0

  /// The list without runs, which owns no nodes.
  package static let empty = RunList()

  /// The number of runs.
  package var count: Int { Int(runs) }

  /// The pages of all runs.
  package var pageCount: PageCount { PageCount(Int(pages)) }
}

extension RunTable {
  /// The runs of a list, in order.
  ///
  /// The table must outlive this view, and the list must not change while the view is used.
  package struct Elements: Sequence, IteratorProtocol {
    private let nodes: SharedTable<Node>
    private var node: UInt32
    private var left: UInt32

    init(_ nodes: SharedTable<Node>, of list: RunList) {
      self.nodes = nodes
      node = list.first
      left = list.runs
    }

    /// The next run, or nil behind the last one.
    package mutating func next() -> FrameRun? {
      guard left > 0 else { return nil }
      let current = nodes.load(Int(node))
      node = current.next
      left -= 1
      return current.run
    }
  }

  /// The runs of a list, in order.
  package func elements(of list: RunList) -> Elements { Elements(nodes, of: list) }

  /// The first run of a list, or nil where the list is empty.
  package func first(of list: RunList) -> FrameRun? {
    list.runs > 0 ? nodes.load(Int(list.first)).run : nil
  }

  /// The last run of a list, or nil where the list is empty.
  package func last(of list: RunList) -> FrameRun? {
    list.runs > 0 ? nodes.load(Int(list.last)).run : nil
  }

  /// Stops the program unless a list is what its owner takes it for.
  ///
  /// - Complexity: O(runs).
  package func validate(_ list: RunList) {
    var (node, pages) = (list.first, UInt32(0))
    for index in 0..<list.runs {
      let current = nodes.load(Int(node))
      precondition(current.pages > 0, "node \(node) was freed")
      precondition(index + 1 < list.runs || node == list.last, "node \(node) is not the last one")
      pages += current.pages
      node = current.next
    }
    precondition(pages == list.pages, "\(pages) pages, not \(list.pages)")
  }
}
