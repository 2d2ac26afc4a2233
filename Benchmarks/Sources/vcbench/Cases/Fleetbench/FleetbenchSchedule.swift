// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Births and deaths of blocks in a steady state with the rates and live objects of a profile.
///
/// Each birth has a size, chosen by the rates, and a lifetime, exponential around the mean that
/// keeps as many objects alive as the profile says (Little's law: alive = rate × lifetime). The
/// live objects are scaled down together to what is reasonable to keep in memory.
package struct FleetbenchSchedule: Sendable {
  /// A birth or a death.
  package typealias Event = BlockSchedule.Event

  /// The bytes that are alive on average, at most.
  package static let liveByteCount = 128 << 20

  /// The blocks that are there at first.
  package private(set) var population: [Event] = []
  /// What happens then.
  package private(set) var events: [Event] = []
  /// How many slots there are.
  package private(set) var slotCount = 0
  /// By how much the live objects were scaled.
  package let scale: Double

  private var freeSlots: [Int32] = []
  private var deaths = EventQueue()

  /// Draws a schedule.
  ///
  /// - Parameters:
  ///   - profile: rates and live objects.
  ///   - liveByteCount: the bytes to keep alive at most, on average.
  ///   - births: how many births follow the first population.
  ///   - seed: of all random choices.
  package init(
    _ profile: FleetbenchProfile, liveByteCount: Int, births: Int, seed: UInt64
  ) {
    scale = min(1, Double(liveByteCount) / max(1, profile.liveByteCount))
    var generator = SplitMix64(seed: seed)
    var sums: [Double] = []
    for entry in profile.entries { sums.append((sums.last ?? 0) + entry.rate) }
    let total = sums[sums.count - 1]
    // Time is counted in births.
    let lifetimes = profile.entries.map { scale * $0.live * total / $0.rate }
    let expected = profile.entries.reduce(0) { $0 + Int(scale * $1.live) + 1 }
    population.reserveCapacity(expected)
    deaths.reserveCapacity(2 * expected)
    freeSlots.reserveCapacity(2 * expected)
    events.reserveCapacity(2 * births + expected)
    for (entry, lifetime) in zip(profile.entries, lifetimes) {
      let expected = scale * entry.live
      let count = Int(expected) + (generator.unit() < expected - expected.rounded(.down) ? 1 : 0)
      for _ in 0..<count {
        // What is left of an exponential lifetime is as long as a whole one.
        population.append(birth(entry.byteCount, until: lifetime * generator.exponential()))
      }
    }
    for time in 0..<births {
      while let slot = deaths.pop(before: Double(time)) {
        events.append(Event(slot: slot, byteCount: 0))
        freeSlots.append(slot)
      }
      let index = Self.index(of: generator.unit() * total, in: sums)
      let end = Double(time) + lifetimes[index] * generator.exponential()
      events.append(birth(profile.entries[index].byteCount, until: end))
    }
  }

  /// Draws the schedule of a warm-up and a measurement that take so many nanoseconds each.
  ///
  /// - Parameters:
  ///   - profile: rates and live objects.
  ///   - nanoseconds: the time of a measurement.
  ///   - pace: the nanoseconds for a birth and a death that no allocator is below.
  ///   - seed: of all random choices.
  package init(
    _ profile: FleetbenchProfile, _ nanoseconds: UInt64, every pace: UInt64, seed: UInt64
  ) {
    let births = min(1 << 21, max(1 << 10, Int(clamping: 2 * nanoseconds / pace)))
    self.init(profile, liveByteCount: Self.liveByteCount, births: births, seed: seed)
  }

  private mutating func birth(_ byteCount: Int, until end: Double) -> Event {
    let slot = freeSlots.popLast() ?? Int32(slotCount)
    slotCount = max(slotCount, Int(slot) + 1)
    deaths.push(slot, at: end)
    return Event(slot: slot, byteCount: byteCount)
  }

  /// The first of ascending sums that is above a value.
  private static func index(of value: Double, in sums: [Double]) -> Int {
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > value { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The births and deaths alone.
  package var blocks: BlockSchedule {
    BlockSchedule(population: population, events: events, slotCount: slotCount, isLoop: false)
  }
}

extension SplitMix64 {
  /// A number from 0 to below 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of the exponential distribution with the mean 1.
  mutating func exponential() -> Double { -log(1 - unit()) }
}
