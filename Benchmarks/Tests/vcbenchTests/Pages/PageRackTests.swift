// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct PageRackTests {
  @Test func whatIsLeftStaysInPlace() {
    var rack = PageRack<Int>(capacity: 4)
    for page in [3, 2, 1, 0] { rack.put(page) }
    var isFull = rack.isFull
    #expect(isFull)
    let first = rack.takeFirst()
    let second = rack.takeFirst()
    #expect(first == 0 && second == 1)
    let third = rack.withPage(2) { $0 }
    #expect(third == 2)
    rack.put(11)
    rack.put(10)
    isFull = rack.isFull
    #expect(isFull)
    let pages = (0..<4).map { index in rack.withPage(index) { $0 } }
    #expect(pages == [10, 11, 2, 3])
  }

  @Test func aPageIsExchanged() {
    var rack = PageRack<Int>(capacity: 2)
    rack.put(1)
    let old = rack.exchange(1, for: 5)
    let now = rack.takeFirst()
    let none = rack.takeFirst()
    #expect(old == 1 && now == 5 && none == nil)
  }

  @Test func itsPagesEndWithIt() {
    final class Witness {}
    weak var removed: Witness?
    weak var left: Witness?
    do {
      var rack = PageRack<Witness>(capacity: 3)
      let first = Witness()
      removed = first
      rack.put(first)
      rack.removeAll()
      let count = rack.count
      #expect(count == 0)
      let second = Witness()
      left = second
      rack.put(second)
    }
    #expect(removed == nil)
    #expect(left == nil)
  }

  @Test func puttingIntoAFullRackStops() async {
    await #expect(processExitsWith: .failure) {
      var rack = PageRack<Int>(capacity: 1)
      rack.put(1)
      rack.put(2)
    }
  }
}
