// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// The source of an arena: any free place of a plain array, and at times none at all.
final class VmemWorld: Sendable {
  enum Event {
    case imported(Range<Int>)
    case released(Range<Int>)
  }

  private struct State {
    var isTaken: [Bool]
    var events: [Event] = []
    var generator: SeededGenerator
  }

  private let first: Int
  private let state: Lock<State>

  init(_ range: Range<Int>, seed: UInt64) {
    first = range.lowerBound
    state = Lock(
      State(
        isTaken: Array(repeating: false, count: range.count),
        generator: SeededGenerator(seed: seed)))
  }

  func takeEvents() -> [Event] {
    state.withLock { state in
      defer { state.events = [] }
      return state.events
    }
  }

  var source: Vmem.Source {
    Vmem.Source { request throws(CompoundError) in
      guard let span = self.state.withLock({ self.give(request, &$0) }) else { throw .noSpan }
      return span
    } release: { span in
      self.state.withLock { state in
        for number in span { state.isTaken[number - self.first] = false }
        state.events.append(.released(span))
      }
    }
  }

  private func give(_ request: Vmem.Request, _ state: inout State) -> Range<Int>? {
    guard Int.random(in: 0..<4, using: &state.generator) > 0 else { return nil }
    var start = 0
    while let low = state.isTaken[start...].firstIndex(of: false) {
      let high = state.isTaken[low...].firstIndex(of: true) ?? state.isTaken.count
      let gap = low + first..<high + first
      if let place = VmemReference.place(in: gap, request.size, request.constraints) {
        let span = place..<place + request.size
        for number in span { state.isTaken[number - first] = true }
        state.events.append(.imported(span))
        return span
      }
      start = high
    }
    return nil
  }
}
