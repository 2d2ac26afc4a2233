// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct PageRackTests {
  private struct Refused: Error {}

  private func pages(_ rack: borrowing PageRack<Int>) -> [Int] {
    (0..<rack.count).map { index in rack.withPage(index) { $0 } }
  }

  /// As a receiver uses it: new pages before those that a call left alone.
  @Test func whatIsLeftStaysInPlace() {
    var rack = PageRack<Int>(capacity: 4)
    var next = 0
    rack.fill(4) {
      defer { next += 1 }
      return next
    }
    #expect(pages(rack) == [0, 1, 2, 3])
    let (first, second) = (rack.takeFirst(), rack.takeFirst())
    #expect(first == 0 && second == 1)
    next = 10
    rack.fill(rack.emptyCount) {
      defer { next += 1 }
      return next
    }
    #expect(pages(rack) == [10, 11, 2, 3])
    let isFull = rack.isFull
    #expect(isFull)
  }

  @Test func anEmptyRackBeginsAnew() {
    var rack = PageRack<Int>(capacity: 2)
    for round in 0..<3 {
      rack.append(round)
      rack.append(round + 10)
      let (first, last) = (rack.takeFirst(), rack.takeLast())
      let none = rack.takeLast() ?? rack.takeFirst()
      #expect(first == round && last == round + 10 && none == nil)
    }
  }

  /// Where pages run out, those that came are there, with no gap.
  @Test(arguments: [0, 1, 2]) func aFailureLeavesWhatCame(count: Int) {
    for taken in [0, 3] {
      var rack = PageRack<Int>(capacity: 7)
      for page in 0..<4 { rack.append(page) }
      for _ in 0..<taken { _ = rack.takeFirst() }
      var next = 20
      #expect(throws: Refused.self) {
        try rack.fill(3) { () throws(Refused) in
          if next == 20 + count { throw Refused() }
          defer { next += 1 }
          return next
        }
      }
      let new = Array(20..<20 + count)
      #expect(pages(rack) == (taken == 3 ? new + [3] : [0, 1, 2, 3] + new))
    }
  }

  /// What does not fit before or behind the others moves them.
  @Test func roomIsRoomWhereverItIs() {
    var rack = PageRack<Int>(capacity: 4)
    for page in 0..<4 { rack.append(page) }
    for _ in 0..<2 { _ = rack.takeFirst() }
    rack.append(4)
    #expect(pages(rack) == [2, 3, 4])
    let old = rack.exchange(1, for: 9)
    #expect(old == 3)
    _ = rack.takeFirst()
    rack.append(5)
    _ = rack.takeFirst()
    #expect(pages(rack) == [4, 5])
    rack.fill(2) { 7 }
    #expect(pages(rack) == [7, 7, 4, 5])
    _ = rack.takeFirst()
    _ = rack.takeLast()
    rack.fill(2) { 8 }
    #expect(pages(rack) == [7, 4, 8, 8])
    rack.removeAll()
    let isEmpty = rack.takeLast() == nil
    #expect(isEmpty)
  }

  @Test func aPageIsExchanged() {
    var rack = PageRack<Int>(capacity: 2)
    rack.append(1)
    let old = rack.exchange(0, for: 5)
    let now = rack.takeFirst()
    #expect(old == 1 && now == 5)
  }

  @Test func itsPagesEndWithIt() {
    final class Witness {}
    weak var removed: Witness?
    weak var left: Witness?
    do {
      var rack = PageRack<Witness>(capacity: 3)
      let first = Witness()
      removed = first
      rack.append(first)
      rack.removeAll()
      let count = rack.count
      #expect(count == 0)
      let second = Witness()
      left = second
      rack.append(second)
    }
    #expect(removed == nil)
    #expect(left == nil)
  }

  @Test func puttingIntoAFullRackStops() async {
    await #expect(processExitsWith: .failure) {
      var rack = PageRack<Int>(capacity: 1)
      rack.append(1)
      rack.append(2)
    }
  }
}
