// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Lists of runs in a table, against plain arrays.
@Suite struct RunTableTests {
  /// Lists and the arrays that they must be like.
  private struct Model: ~Copyable {
    let table: RunTable
    let capacity: Int
    var lists: [(list: RunList, plain: [FrameRun])] = []
    var nextFrame = 0

    init(capacity: Int) throws {
      self.capacity = capacity
      table = try RunTable(capacity: capacity, system: OperatingSystem())
    }

    /// A run that no list has; now and then the neighbour of the one before.
    mutating func freshRun(using generator: inout SeededGenerator) -> FrameRun {
      if Int.random(in: 0..<3, using: &generator) > 0 { nextFrame += 7 }
      let run = FrameRun(
        first: PageFrame(nextFrame), pageCount: PageCount(Int.random(in: 1...30, using: &generator))
      )
      nextFrame += run.pageCount.rawValue
      return run
    }

    /// Changes some list in one way.
    mutating func step(using generator: inout SeededGenerator) {
      if lists.isEmpty { lists.append((.empty, [])) }
      let index = Int.random(in: lists.indices, using: &generator)
      var (list, plain) = lists[index]
      switch Int.random(in: 0..<12, using: &generator) {
      case 0..<5:
        let run = freshRun(using: &generator)
        let hasRoom = used < capacity
        let isAdded = table.append(run, to: &list)
        #expect(isAdded == hasRoom)
        if isAdded { plain.append(run) }
      case 5:
        guard lists.count > 1 else { return }
        lists.remove(at: index)
        let other = lists.remove(at: Int.random(in: lists.indices, using: &generator))
        table.append(list: other.list, to: &list)
        lists.append((list, plain + other.plain))
        return
      case 6:
        let hasRoom = used + list.count <= capacity
        let copy = table.copy(list)
        #expect((copy != nil) == hasRoom)
        if let copy { lists.append((copy, plain)) }
      case 7:
        table.free(&list)
        plain = []
      case 8:
        let most = list.pageCount.rawValue
        let kept = Int.random(in: 0...most, using: &generator)
        let (partial, rest) = table.cut(&list, keeping: PageCount(kept))
        let (before, whole) = (Array(table.elements(of: list)), Array(table.elements(of: rest)))
        let behind = (partial.map { [$0] } ?? []) + whole
        let frames = framesInOrder(plain)
        #expect(framesInOrder(before) == Array(frames.prefix(kept)))
        #expect(framesInOrder(behind) == Array(frames.dropFirst(kept)))
        #expect(whole == plain.suffix(whole.count))
        plain = before
        lists.append((rest, whole))
      case 9:
        table.sort(&list) { $0.pageCount > $1.pageCount }
        plain = stablySorted(plain) { $0.pageCount > $1.pageCount }
      case 10:
        table.sort(&list) { $0.first < $1.first }
        plain = stablySorted(plain) { $0.first < $1.first }
      default:
        table.mergeNeighbours(of: &list)
        plain = merged(plain)
      }
      lists[index] = (list, plain)
    }

    var used: Int { lists.reduce(0) { $0 + $1.list.count } }

    func compare() {
      for (list, plain) in lists {
        table.validate(list)
        let runs = Array(table.elements(of: list))
        #expect(runs == plain)
        #expect(list.count == plain.count)
        #expect(list.pageCount == plain.reduce(PageCount(0)) { $0 + $1.pageCount })
        #expect((list == .empty) == plain.isEmpty)
        let (first, last) = (table.first(of: list), table.last(of: list))
        #expect(first == plain.first)
        #expect(last == plain.last)
      }
      let unused = table.unusedCount
      #expect(unused == capacity - used)
    }
  }

  @Test(arguments: [1, 5, 60, 400])
  func agreesWithArrays(capacity: Int) throws {
    var generator = SeededGenerator(seed: UInt64(capacity))
    var model = try Model(capacity: capacity)
    for step in 0..<6000 {
      model.step(using: &generator)
      if step % 11 == 0 { model.compare() }
      if model.lists.count > 12 {
        var list = model.lists.removeFirst().list
        model.table.free(&list)
      }
    }
    model.compare()
  }

  @Test func aLongListIsSorted() throws {
    var generator = SeededGenerator(seed: 5)
    let runs = (0..<20_001).map { run($0 * 3, 1 + $0 % 2) }.shuffled(using: &generator)
    let table = try RunTable(capacity: runs.count, system: OperatingSystem())
    var list = table.list(runs)
    #expect(list.count == runs.count)
    table.sort(&list) { $0.first < $1.first }
    let sorted = Array(table.elements(of: list))
    #expect(sorted == runs.sorted { $0.first < $1.first })
    table.validate(list)
  }

  @Test func theEndOfALargeArenaHasItsFrames() throws {
    let table = try RunTable(capacity: 2, system: OperatingSystem())
    let last = run((1 << 31) - 2, 2)
    let list = table.list([run(0, (1 << 31) - 3), last])
    let found = table.last(of: list)
    #expect(found == last)
    #expect(list.pageCount == PageCount((1 << 31) - 1))
  }

  @Test func threadsShareTheNodes() throws {
    let table = Shared(try RunTable(capacity: 4000, system: OperatingSystem()))
    onThreads(4) { thread in
      var generator = SeededGenerator(seed: UInt64(thread))
      for _ in 0..<2000 {
        let runs = (0..<Int.random(in: 1...40, using: &generator)).map { run(thread * 99 + $0, 5) }
        var list = table.value.list(runs)
        precondition(Array(table.value.elements(of: list)) == runs)
        table.value.free(&list)
      }
    }
    let unused = table.value.unusedCount
    #expect(unused == 4000)
  }

  private final class Shared: Sendable {
    let value: RunTable

    init(_ value: consuming RunTable) {
      self.value = value
    }
  }
}

private func stablySorted(
  _ runs: [FrameRun], by precedes: (FrameRun, FrameRun) -> Bool
) -> [FrameRun] {
  runs.enumerated().sorted {
    precedes($0.element, $1.element)
      || !precedes($1.element, $0.element) && $0.offset < $1.offset
  }.map(\.element)
}

private func merged(_ runs: [FrameRun]) -> [FrameRun] {
  runs.reduce(into: []) { merged, run in
    if let last = merged.last, last.end == run.first {
      merged[merged.count - 1] = FrameRun(
        first: last.first, pageCount: last.pageCount + run.pageCount)
    } else {
      merged.append(run)
    }
  }
}
