// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// An arena and its model at work.
final class VmemRun {
  let plan: VmemModelTests.Plan
  private let arena: ImportingVmem
  private var model = VmemReference()
  /// The numbers of the segments of the ranges taken, by their first numbers.
  private var indices: [Int: UInt32] = [:]
  private let world: VmemWorld?
  private var generator: SeededGenerator
  private(set) var ranges = 0
  private(set) var refusals = 0
  private(set) var divisions = 0
  private(set) var unions = 0
  /// False from the first difference on, which would only be followed by others.
  private(set) var agrees = true

  init(_ plan: VmemModelTests.Plan) {
    self.plan = plan
    let seed = plan.testDescription.utf8.reduce(UInt64(1)) { $0 &* 31 &+ UInt64($1) }
    generator = SeededGenerator(seed: seed)
    world = plan.source.isEmpty ? nil : VmemWorld(plan.source, seed: seed + 1)
    arena = .forTests(
      quantum: plan.quantum, cachedSizes: plan.cachedSizes, smallestImport: plan.smallestImport,
      source: world?.source)
    for span in plan.spans {
      arena.add(span)
      model.add(span)
    }
  }

  private func check(_ isRight: Bool, _ message: @autoclosure () -> String) {
    guard !isRight else { return }
    agrees = false
    Issue.record("\(message()), with \(model.spans), \(model.taken)")
  }

  private func random(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  func operate(isFilling: Bool) {
    if random(0...99) < (isFilling ? 60 : 40) {
      allocate()
    } else if !model.taken.isEmpty {
      let index = random(0...model.taken.count - 1)
      if plan.surrenders, random(0...2000) == 0 {
        let range = model.surrender(at: index)
        indices[range.lowerBound] = nil
        arena.surrender(range)
      } else {
        let range = model.free(at: index)
        indices[range.lowerBound] = nil
        if Bool.random(using: &generator) {
          arena.free(range)
        } else {
          arena.free(startingAt: range.lowerBound, size: range.count - random(0...plan.quantum - 1))
        }
      }
      followImports()
    }
    if random(0...9) == 0 { divide() }
    if random(0...9) == 0 { unite() }
    if plan.cachedSizes > 0, random(0...500) == 0 { arena.reap() }
  }

  private func divide() {
    guard !model.taken.isEmpty else { return }
    let position = random(0...model.taken.count - 1)
    let range = model.taken[position]
    let parts = range.count / plan.quantum
    guard parts > 1, let index = indices[range.lowerBound] else { return }
    let number = range.lowerBound + random(1...parts - 1) * plan.quantum
    guard let upper = arena.divide(index, at: number) else {
      return check(false, "\(range) is not divided at \(number)")
    }
    indices[number] = upper
    model.divide(at: position, number)
    divisions += 1
  }

  private func unite() {
    guard model.taken.count > 1 else { return }
    let position = random(0...model.taken.count - 2)
    let (lower, upper) = (model.taken[position], model.taken[position + 1])
    guard let index = indices[lower.lowerBound], let other = indices[upper.lowerBound] else {
      return check(false, "\(lower) or \(upper) is lost")
    }
    let isUnited = arena.unite(index, with: other)
    check(isUnited == model.unite(at: position), "\(lower) and \(upper): united is \(isUnited)")
    if isUnited {
      indices[upper.lowerBound] = nil
      unions += 1
    }
  }

  private func constraints() -> Vmem.Constraints {
    guard random(0...2) > 0 else { return .none }
    var constraints = Vmem.Constraints.none
    constraints.alignment = plan.quantum << random(0...6)
    if Bool.random(using: &generator) {
      constraints.phase = random(0...constraints.alignment / plan.quantum - 1) * plan.quantum
    }
    if random(0...2) == 0 { constraints.boundary = plan.quantum << random(0...8) }
    if random(0...4) == 0 {
      let last = (plan.spans + [plan.source]).map(\.upperBound).max() ?? 1
      let low = random(0...last)
      constraints.bounds = low..<low + random(0...last / 2)
    }
    return constraints
  }

  private func allocate() {
    let policy = plan.policies[random(0...plan.policies.count - 1)]
    let constraints = constraints()
    let asked = random(1...(random(0...20) == 0 ? plan.largest * 5 : plan.largest))
    let size = (asked + plan.quantum - 1) / plan.quantum * plan.quantum
    let isPlainNextFit = plan.policies == [.nextFit]
    let expected = isPlainNextFit ? model.nextFit(size, constraints) : nil
    let allocation = try? arena.allocate(asked, policy, constraints)
    let hasImported = followImports()
    let request = "\(size) by \(policy) under \(constraints)"
    guard let allocation else {
      refusals += 1
      check(!model.hasRoom(size, constraints), "refused \(request)")
      return
    }
    ranges += 1
    let range = allocation.range
    indices[range.lowerBound] = allocation.index
    check(range.count == size, "\(range) for \(request)")
    check(VmemReference.meets(range.lowerBound, size, constraints), "\(range) for \(request)")
    check(model.isFree(range), "\(range) is not free")
    if isPlainNextFit {
      check(range.lowerBound == expected, "\(range), not \(String(describing: expected))")
    }
    // What caches hold is not merged; and what was imported may be larger than any gap was.
    if policy == .bestFit, plan.cachedSizes == 0, !hasImported {
      check(model.isBestFit(range, constraints), "\(range) is not the best for \(request)")
    }
    model.take(range, movesRotor: policy == .nextFit)
  }

  /// Brings the model's spans up to date.
  @discardableResult
  private func followImports() -> Bool {
    guard let world else { return false }
    var hasImported = false
    for event in world.takeEvents() {
      switch event {
      case .imported(let span):
        hasImported = true
        model.add(span)
      case .released(let span):
        check(model.remove(span), "\(span) went back")
      }
    }
    return hasImported
  }

  /// Compares what the arena says of one range, and of its neighbours, with the model.
  private func look() {
    guard !model.taken.isEmpty else { return }
    let position = random(0...model.taken.count - 1)
    let range = model.taken[position]
    let inside = random(range.lowerBound...range.upperBound - 1)
    guard let index = indices[range.lowerBound] else { return check(false, "\(range) is lost") }
    check(arena.segment(startingAt: range.lowerBound) == index, "\(range) moved")
    check(arena.segment(containing: inside) == index, "\(inside) is not found")
    check(arena.range(of: index) == range, "\(range) is not that of \(index)")
    func touching(_ other: Int, at number: Int) -> UInt32? {
      guard model.taken.indices ~= other, !model.spans.contains(where: { $0.lowerBound == number })
      else { return nil }
      let neighbour = model.taken[other]
      let touches = neighbour.lowerBound == number || neighbour.upperBound == number
      return touches ? indices[neighbour.lowerBound] : nil
    }
    let after = touching(position + 1, at: range.upperBound)
    check(arena.neighbour(after: index) == after, "\(range) is not before \(after ?? 0)")
    let before = touching(position - 1, at: range.lowerBound)
    check(arena.neighbour(before: index) == before, "\(range) is not behind \(before ?? 0)")
  }

  /// Checks that the arena agrees with the model where it can be asked about all of it.
  func validate() {
    arena.validate()
    look()
    let statistics = arena.statistics
    let imported = model.spans.reduce(0) { $0 + $1.count }
    check(
      statistics.imported == imported && statistics.inUse == model.takenSize
        && statistics.free == imported - model.takenSize
        && arena.allocatedCount == model.taken.count, "\(statistics)")
    if statistics.cached == 0 {
      let gaps = model.gaps
      check(statistics.largestFree == gaps.map(\.count).max() ?? 0, "\(statistics)")
      var free = 0
      arena.forEachSegment { if !$1 { free += 1 } }
      check(free == gaps.count, "\(free) segments are free")
    }
  }

  func freeAll() {
    while !model.taken.isEmpty { arena.free(model.free(at: model.taken.count - 1)) }
    followImports()
    arena.reap()
    check(plan.surrenders || model.spans == plan.spans, "spans are left")
  }
}
