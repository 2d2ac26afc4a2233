// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// An arena whose tags are checked after every change.
final class TestArena {
  private var arena: Vmem

  init(
    _ spans: Range<Int>..., quantum: Int = 1, cachedSizes: Int = 0, source: TestSource? = nil,
    smallestImport: Int = 1
  ) {
    arena = Vmem(
      name: "test", quantum: quantum, cachedSizes: cachedSizes, source: source?.source,
      smallestImport: smallestImport)
    for span in spans { add(span) }
  }

  func add(_ span: Range<Int>) {
    arena.add(span)
    arena.validate()
  }

  func allocate(
    _ size: Int, _ policy: Vmem.Policy = .instantFit, alignment: Int = 1, phase: Int = 0,
    boundary: Int? = nil, bounds: Range<Int> = Vmem.allNumbers
  ) -> Range<Int>? {
    defer { arena.validate() }
    return arena.allocate(
      size, policy,
      Vmem.Constraints(alignment: alignment, phase: phase, boundary: boundary, bounds: bounds))
  }

  /// As many ranges of a size as asked for, side by side.
  func fill(_ count: Int, of size: Int) -> [Range<Int>] {
    (0..<count).compactMap { _ in allocate(size, .nextFit) }
  }

  func free(_ range: Range<Int>?) {
    if let range { arena.free(range) }
    arena.validate()
  }

  func free(startingAt start: Int, size: Int) {
    arena.free(startingAt: start, size: size)
    arena.validate()
  }

  func surrender(_ range: Range<Int>) {
    arena.surrender(range)
    arena.validate()
  }

  func reap() {
    arena.reap()
    arena.validate()
  }

  var spans: [Range<Int>] { arena.spans }
  var statistics: Vmem.Statistics { arena.statistics }
  var allocatedCount: Int { arena.allocatedCount }

  func span(containing number: Int) -> Range<Int>? { arena.span(containing: number) }

  /// The free ranges, ascending.
  var gaps: [Range<Int>] {
    var gaps: [Range<Int>] = []
    arena.forEachSegment { if !$1 { gaps.append($0) } }
    return gaps.sorted { $0.lowerBound < $1.lowerBound }
  }
}

/// A source that is an arena itself, and remembers what was asked of it.
final class TestSource: Sendable {
  struct State: ~Copyable {
    var arena: Vmem
    var asked: [Vmem.Request] = []
    var released: [Range<Int>] = []
  }

  let state: Lock<State>

  init(_ span: Range<Int>) {
    var arena = Vmem(name: "source")
    arena.add(span)
    state = Lock(State(arena: arena))
  }

  /// The source; it keeps nobody's constraints but those it is asked to.
  var source: Vmem.Source {
    Vmem.Source { request in
      self.state.withLock { state in
        state.asked.append(request)
        return state.arena.allocate(request.size, .bestFit, request.constraints)
      }
    } release: { span in
      self.state.withLock { state in
        state.released.append(span)
        state.arena.free(span)
      }
    }
  }

  var askedSizes: [Int] { state.withLock { $0.asked.map(\.size) } }
  var released: [Range<Int>] { state.withLock { $0.released } }
  var inUse: Int { state.withLock { $0.arena.allocatedSize } }

  /// Takes a range away from those that import.
  func occupy(_ range: Range<Int>) -> Range<Int>? {
    state.withLock { state in
      state.arena.allocate(range.count, .bestFit, Vmem.Constraints(bounds: range))
    }
  }
}
