// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Random requests of the public face against a plain list of flags.
@Suite struct VmemArenaModelTests {
  /// Which numbers are taken.
  private struct Model {
    var isTaken = [Bool](repeating: false, count: 512)

    /// Whether some range of a size is free and keeps the constraints.
    func hasRoom(_ size: Int, _ constraints: VmemArena.Constraints) -> Bool {
      (0...(512 - size)).contains { start in
        keeps(start..<start + size, constraints)
          && !isTaken[start..<start + size].contains(true)
      }
    }

    func keeps(_ range: Range<Int>, _ constraints: VmemArena.Constraints) -> Bool {
      let isOnPhase =
        (range.lowerBound - constraints.phase) % max(4, constraints.alignment) == 0
      let isInside = range.clamped(to: constraints.bounds) == range
      let isWhole = constraints.boundary.map {
        range.lowerBound / $0 == (range.upperBound - 1) / $0
      }
      return isOnPhase && isInside && isWhole ?? true
    }

    mutating func set(_ range: Range<Int>, _ value: Bool) -> Bool {
      defer { for number in range { isTaken[number] = value } }
      return !isTaken[range].contains(value)
    }
  }

  private func constraints(
    _ generator: inout SeededGenerator
  ) -> VmemArena.Constraints {
    var constraints = VmemArena.Constraints()
    guard Bool.random(using: &generator) else { return constraints }
    constraints.alignment = 1 << Int.random(in: 0...6, using: &generator)
    if constraints.alignment > 4 {
      constraints.phase = Int.random(in: 0..<constraints.alignment / 4, using: &generator) * 4
    }
    if Bool.random(using: &generator) {
      constraints.boundary = 1 << Int.random(in: 4...8, using: &generator)
    }
    if Bool.random(using: &generator) {
      let low = Int.random(in: 0..<512, using: &generator)
      constraints.bounds = low..<Int.random(in: low...600, using: &generator)
    }
    return constraints
  }

  @Test(arguments: [0, 8], 1...4 as ClosedRange<UInt64>)
  func whatIsServedIsFreeAndWhatIsRefusedHasNoPlace(cachedSizes: Int, seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    var model = Model()
    var arena = try VmemArena(
      name: "model", span: 0..<512, quantum: 4, cachedSizes: cachedSizes)
    var held: [Range<Int>] = []
    var (served, refused) = (0, 0)
    for _ in 0..<4000 {
      if held.count > 12 || Int.random(in: 0..<3, using: &generator) == 0 {
        guard let range = held.indices.randomElement(using: &generator).map({ held.remove(at: $0) })
        else { continue }
        arena.free(range)
        let wasTaken = model.set(range, false)
        try #require(wasTaken, "\(range)")
        continue
      }
      let size = Int.random(in: 1...120, using: &generator)
      let rounded = (size + 3) / 4 * 4
      let policy = VmemArena.Policy.allCases.randomElement(using: &generator) ?? .bestFit
      let constraints = constraints(&generator)
      do throws(VmemError) {
        let range = try arena.allocate(size, policy: policy, constraints: constraints)
        let wasFree = model.set(range, true)
        #expect(wasFree && range.count == rounded && model.keeps(range, constraints))
        held.append(range)
        served += 1
      } catch {
        guard case .noRoom(rounded, _, _) = error else {
          Issue.record("\(error)")
          break
        }
        #expect(!model.hasRoom(rounded, constraints), "\(size) \(constraints)")
        refused += 1
      }
      let statistics = arena.statistics
      try #require(statistics.allocated == held.reduce(0) { $0 + $1.count })
      try #require(statistics.allocatedRanges == held.count)
    }
    #expect(served > 500 && refused > 100, "\(served) served, \(refused) refused")
  }
}
