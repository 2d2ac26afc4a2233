// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Slots by the time at which they are due, the earliest first: a binary heap.
package struct EventQueue: Sendable {
  private var heap: [(time: Double, slot: Int32)] = []

  /// Nothing is due.
  package init() {}

  /// Makes room for so many slots.
  package mutating func reserveCapacity(_ count: Int) {
    heap.reserveCapacity(count)
  }

  /// Adds a slot.
  package mutating func push(_ slot: Int32, at time: Double) {
    heap.append((time, slot))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].time < heap[parent].time else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest slot, if it is due before a time.
  package mutating func pop(before time: Double) -> Int32? {
    guard let first = heap.first, first.time < time else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].time < heap[least].time {
        least = child
      }
      guard least != parent else { return first.slot }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
