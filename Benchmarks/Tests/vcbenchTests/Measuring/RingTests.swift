// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct RingTests {
  @Test func valuesComeInOrder() {
    let ring = Ring<Int>(capacity: 4)
    var inlet = ring.makeInlet()
    var outlet = ring.makeOutlet()
    for round in 0..<10 {
      let isEmpty = outlet.next() == nil
      #expect(isEmpty)
      for step in 0..<4 {
        let hasRoom = inlet.hasRoom()
        #expect(hasRoom)
        inlet.add(4 * round + step)
      }
      let isFull = !inlet.hasRoom()
      #expect(isFull)
      inlet.publish()
      for step in 0..<4 {
        let value = outlet.next()
        #expect(value == 4 * round + step)
      }
      outlet.publish()
    }
  }

  @Test func nothingIsSeenBeforeItIsPublished() {
    let ring = Ring<Int>(capacity: 1)
    var inlet = ring.makeInlet()
    var outlet = ring.makeOutlet()
    inlet.add(7)
    let before = outlet.next()
    #expect(before == nil)
    inlet.publish()
    let after = outlet.next()
    #expect(after == 7)
    let hasRoomBefore = inlet.hasRoom()
    #expect(!hasRoomBefore)
    outlet.publish()
    let hasRoomAfter = inlet.hasRoom()
    #expect(hasRoomAfter)
  }

  @Test(arguments: [(1, 1), (3, 4), (4, 4), (1000, 1024)])
  func placesAreAPowerOfTwo(asked: Int, capacity: Int) {
    #expect(Ring<Int>(capacity: asked).capacity == capacity)
  }

  @Test func whatNobodyTookEndsWithTheRing() {
    final class Witness: Sendable {}
    weak var unseen: Witness?
    weak var unpublished: Witness?
    do {
      let ring = Ring<Witness>(capacity: 4)
      var inlet = ring.makeInlet()
      let first = Witness()
      let second = Witness()
      unseen = first
      unpublished = second
      inlet.add(first)
      inlet.publish()
      inlet.add(second)
    }
    #expect(unseen == nil)
    #expect(unpublished == nil)
  }

  @Test func addingToAFullRingStops() async {
    await #expect(processExitsWith: .failure) {
      var inlet = Ring<Int>(capacity: 1).makeInlet()
      inlet.add(1)
      inlet.add(2)
    }
  }

  @Test func aSecondInletStops() async {
    await #expect(processExitsWith: .failure) {
      let ring = Ring<Int>(capacity: 1)
      _ = ring.makeInlet()
      _ = ring.makeInlet()
    }
  }

  @Test func twoThreadsLoseNothing() async {
    let ring = Ring<Int>(capacity: 16)
    let count = 20_000
    async let sum = Task.detached {
      var outlet = ring.makeOutlet()
      var sum = 0
      var expected = 0
      while expected < count {
        guard let value = outlet.next() else {
          outlet.publish()
          await Task.yield()
          continue
        }
        #expect(value == expected)
        expected += 1
        sum += value
      }
      return sum
    }.value
    var inlet = ring.makeInlet()
    for value in 0..<count {
      while !inlet.hasRoom() {
        inlet.publish()
        await Task.yield()
      }
      inlet.add(value)
      if value % 5 == 0 { inlet.publish() }
    }
    inlet.publish()
    #expect(await sum == count * (count - 1) / 2)
  }
}
