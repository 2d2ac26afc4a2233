// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@testable import VCompound

extension CompoundError {
  /// What sources of tests throw when they have nothing.
  static let noSpan = CompoundError.systemCall(.reserve, errno: 12)
}

extension Vmem {
  /// An arena for tests.
  static func forTests() -> Vmem {
    do {
      return try Vmem(name: "source", segmentLimit: 1 << 16, system: OperatingSystem())
    } catch {
      fatalError("\(error)")
    }
  }
}

extension ImportingVmem {
  /// An arena for tests, whose source has nothing if none is given.
  static func forTests(
    quantum: Int = 1, cachedSizes: Int = 0, smallestImport: Int = 1, segmentLimit: Int = 1 << 16,
    source: Vmem.Source? = nil
  ) -> ImportingVmem {
    let source =
      source
      ?? Vmem.Source { _ throws(CompoundError) in
        throw .noSpan
      } release: { _ in
      }
    do {
      return try ImportingVmem(
        name: "test", quantum: quantum, cachedSizes: cachedSizes, smallestImport: smallestImport,
        segmentLimit: segmentLimit, source: source, system: OperatingSystem())
    } catch {
      fatalError("\(error)")
    }
  }

  /// The spans there are, ascending.
  var spans: [Range<Int>] {
    var spans: [Range<Int>] = []
    forEachSpan { spans.append($0) }
    return spans.sorted { $0.lowerBound < $1.lowerBound }
  }
}

/// An arena whose tags are checked after every change.
final class TestArena: Sendable {
  let arena: ImportingVmem

  init(
    _ spans: Range<Int>..., quantum: Int = 1, cachedSizes: Int = 0, source: Vmem.Source? = nil,
    smallestImport: Int = 1, segmentLimit: Int = 1 << 16
  ) {
    arena = .forTests(
      quantum: quantum, cachedSizes: cachedSizes, smallestImport: smallestImport,
      segmentLimit: segmentLimit, source: source)
    for span in spans { add(span) }
  }

  convenience init(
    _ spans: Range<Int>..., quantum: Int = 1, cachedSizes: Int = 0, source: TestSource,
    smallestImport: Int = 1
  ) {
    self.init(
      quantum: quantum, cachedSizes: cachedSizes, source: source.source,
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
    let constraints = Vmem.Constraints(
      alignment: alignment, phase: phase, boundary: boundary, bounds: bounds)
    return try? orThrow(size, policy, constraints)
  }

  /// A range, nil, or what the source throws.
  func orThrow(
    _ size: Int, _ policy: Vmem.Policy = .instantFit, _ constraints: Vmem.Constraints = .none
  ) throws(CompoundError) -> Range<Int>? {
    defer { arena.validate() }
    return try arena.allocate(size, policy, constraints)?.range
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

  // The macros of tests call no function of a value that cannot be copied.
  func contains(_ number: Int) -> Bool { arena.contains(number) }
  func segment(startingAt number: Int) -> UInt32? { arena.segment(startingAt: number) }
  func segment(containing number: Int) -> UInt32? { arena.segment(containing: number) }
  func range(of segment: UInt32) -> Range<Int> { arena.range(of: segment) }
  func neighbour(after segment: UInt32) -> UInt32? { arena.neighbour(after: segment) }
  func neighbour(before segment: UInt32) -> UInt32? { arena.neighbour(before: segment) }

  /// The arena as the source of another one.
  var asSource: Vmem.Source {
    Vmem.Source { request throws(CompoundError) in
      let found = try self.arena.allocate(request.size, .instantFit, request.constraints)
      guard let found else { throw .noSpan }
      return found.range
    } release: { span in
      self.free(span)
    }
  }

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
    var arena = Vmem.forTests()
    arena.add(span)
    state = Lock(State(arena: arena))
  }

  /// The source; it keeps those constraints only that it is asked to.
  var source: Vmem.Source {
    Vmem.Source { request throws(CompoundError) in
      let span = self.state.withLock { state in
        state.asked.append(request)
        return state.arena.allocate(request.size, .bestFit, request.constraints)
      }
      guard let span else { throw .noSpan }
      return span
    } release: { span in
      self.state.withLock { state in
        state.released.append(span)
        _ = state.arena.free(span)
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
