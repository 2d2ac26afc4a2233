// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The figures of all ways and workloads.
package struct ReceiveResult: Sendable {
  /// A way with a workload and a call.
  package struct Entry: Equatable, Sendable {
    package let call: ReceiveCall
    package let workload: Receive.Workload
    package let way: PageWay
  }

  /// What was asked for.
  package let options: ReceiveOptions
  /// What is measured.
  package let entries: [Entry]
  /// For every entry, its figures in the order of the rounds.
  package private(set) var figures: [[ReceiveFigures]]

  /// Nothing measured yet.
  package init(options: ReceiveOptions) {
    self.options = options
    entries = options.calls.flatMap { call in
      Receive.Workload.allCases.flatMap { workload in
        options.ways.map { Entry(call: call, workload: workload, way: $0) }
      }
    }
    figures = Array(repeating: [], count: entries.count)
  }

  /// Adds the figures of a round.
  package mutating func add(_ round: ReceiveFigures, to index: Int) {
    figures[index].append(round)
  }

  /// What was wrong, or nil.
  package var complaint: String? {
    for (entry, rounds) in zip(entries, figures) {
      let what = "\(entry.way.rawValue), \(entry.workload.rawValue), \(entry.call.rawValue)"
      let damaged = rounds.reduce(0) { $0 + $1.damaged }
      if damaged > 0 { return "\(what): \(Format.count(damaged, "datagram")) damaged" }
      for out in rounds.map(\.out) where !out.isNone {
        return "\(what): \(out)"
      }
      if rounds.contains(where: { $0.datagrams == 0 }) { return "\(what): nothing came" }
    }
    return nil
  }

  /// Datagrams in a second, over the rounds.
  package func rate(_ index: Int) -> Spread { Spread(figures[index].map(\.rate)) }

  /// The median of a figure over the rounds.
  package func median(_ index: Int, _ figure: (ReceiveFigures) -> Double) -> Double {
    Spread(figures[index].map(figure)).median
  }

  /// The median rate of an entry over that of page by page with the same workload and call.
  package func ratio(_ index: Int) -> Double? {
    pageByPage(like: index).map { rate(index).median / rate($0).median }
  }

  /// The entry of page by page with the workload and the call of another one.
  func pageByPage(like index: Int) -> Int? {
    let entry = entries[index]
    return entries.firstIndex(
      of: Entry(call: entry.call, workload: entry.workload, way: .frames))
  }

  /// Whether all wait for the consumer, not for the receiver.
  func waitsForConsumer(_ index: Int) -> Bool {
    median(index, \.consumerShare) > median(index, \.receiverShare)
  }

  /// The most that pages could gain over page by page by costing the receiver nothing; nil where
  /// all wait for the consumer.
  package func mostRatio(like index: Int) -> Double? {
    guard let index = pageByPage(like: index), !waitsForConsumer(index) else { return nil }
    return median(index) { $0.busyTime / max(1, $0.busyTime - $0.takeTime) }
  }
}
