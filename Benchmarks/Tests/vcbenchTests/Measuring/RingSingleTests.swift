// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct RingSingleTests {
  @Test func valuesComeInOrder() {
    let ring = Ring<Int>(capacity: 4)
    #expect(ring.receive() == nil)
    for round in 0..<10 {
      for step in 0..<4 {
        #expect(!ring.isFull)
        ring.send(4 * round + step)
      }
      #expect(ring.isFull)
      for step in 0..<4 { #expect(ring.receive() == 4 * round + step) }
      #expect(ring.receive() == nil)
    }
    #expect(!ring.isClosed)
    ring.close()
    #expect(ring.isClosed)
  }

  @Test func whatNobodyReceivedEndsWithTheRing() {
    final class Witness: Sendable {}
    weak var seen: Witness?
    do {
      let ring = Ring<Witness>(capacity: 2)
      let witness = Witness()
      seen = witness
      ring.send(witness)
    }
    #expect(seen == nil)
  }

  @Test func sendingIntoAFullRingStops() async {
    await #expect(processExitsWith: .failure) {
      let ring = Ring<Int>(capacity: 1)
      ring.send(1)
      ring.send(2)
    }
  }

  @Test func twoThreadsLoseNothing() async {
    let ring = Ring<Int>(capacity: 16)
    let count = 20_000
    async let sum = Task.detached {
      var sum = 0
      var expected = 0
      while true {
        let isClosed = ring.isClosed
        guard let value = ring.receive() else {
          if isClosed { return sum }
          await Task.yield()
          continue
        }
        #expect(value == expected)
        expected += 1
        sum += value
      }
    }.value
    for value in 0..<count {
      while ring.isFull { await Task.yield() }
      ring.send(value)
    }
    ring.close()
    #expect(await sum == count * (count - 1) / 2)
  }
}
