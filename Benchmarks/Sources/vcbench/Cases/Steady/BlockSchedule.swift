// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Births and deaths of blocks, in order.
package struct BlockSchedule: Equatable, Sendable {
  /// A birth in a slot, or, where the size is 0, the death of the block that is there.
  package struct Event: BitwiseCopyable, Equatable, Sendable {
    /// Which block.
    package var slot: Int32
    /// Its size in bytes; 0 for a death.
    package var byteCount: Int

    /// Makes an event.
    package init(slot: Int32, byteCount: Int) {
      self.slot = slot
      self.byteCount = byteCount
    }
  }

  /// The blocks that are there at first.
  package var population: [Event]
  /// What happens then.
  package var events: [Event]
  /// How many slots there are.
  package var slotCount: Int
  /// Whether nothing is alive at the end, as at the beginning: it can be lived through once more.
  package var isLoop: Bool
  /// Whether every block begins on a page, rather than where malloc would have it.
  package var alignsToPages = false

  /// Makes a schedule.
  package init(population: [Event], events: [Event], slotCount: Int, isLoop: Bool) {
    self.population = population
    self.events = events
    self.slotCount = slotCount
    self.isLoop = isLoop
  }

  /// The births, deaths and lifetimes of a trace, after which all that is left dies.
  ///
  /// A reallocation is the birth of the new block, and then the death of the old one.
  package init(_ trace: borrowing Trace) {
    var events: [Event] = []
    events.reserveCapacity(2 * trace.requestCount)
    var isAlive = [Bool](repeating: false, count: trace.requestCount)
    func die(_ slot: Int32) {
      events.append(Event(slot: slot, byteCount: 0))
      isAlive[Int(slot)] = false
    }
    for index in trace.events.indices {
      let event = trace.events[index]
      guard event.kind != .free else {
        die(event.block)
        continue
      }
      events.append(Event(slot: event.block, byteCount: event.byteCount))
      isAlive[Int(event.block)] = true
      if event.kind == .reallocate { die(event.previous) }
    }
    for slot in isAlive.indices where isAlive[slot] { die(Int32(slot)) }
    self.init(population: [], events: events, slotCount: trace.requestCount, isLoop: true)
  }

  /// What is alive at the peak, of the population and the first so many events.
  package func peak(of count: Int) -> LivePeak {
    let first = population.count
    return LivePeak(slotCount: slotCount, count: first + min(count, events.count)) { index in
      index < first ? population[index] : events[index - first]
    }
  }
}

extension LivePeak {
  /// Finds the peak of births and deaths.
  ///
  /// - Parameters:
  ///   - slotCount: how many slots there are.
  ///   - count: how many events.
  ///   - event: the event at an index.
  init(slotCount: Int, count: Int, _ event: (Int) -> BlockSchedule.Event) {
    self.init()
    var sizes = [Int](repeating: 0, count: slotCount)
    for index in 0..<count {
      let event = event(index)
      let slot = Int(event.slot)
      if event.byteCount > 0 { add(event.byteCount) } else { remove(sizes[slot]) }
      sizes[slot] = event.byteCount
    }
  }
}
