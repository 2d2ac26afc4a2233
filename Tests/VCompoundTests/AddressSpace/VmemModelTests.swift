// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// A million random constrained allocations and frees, against a plain model.
@Suite struct VmemModelTests {
  /// One arena's shape, and what is asked of it.
  struct Plan: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var spans: [Range<Int>] = []
    var quantum = 1
    var cachedSizes = 0
    /// The numbers of the source; none where there is none.
    var source = 0..<0
    var smallestImport = 1
    var policies: [Vmem.Policy] = [.instantFit, .bestFit]
    var largest = 40
    var operations = Plan.standard

    /// A tenth of a million; a debug build, which is far slower, makes do with less.
    #if DEBUG
      static let standard = 20_000
    #else
      static let standard = 100_000
    #endif

    /// How many operations there are from one check of all tags to the next.
    var validation = 1
    var surrenders = false
  }

  static let plans: [Plan] = [
    Plan(testDescription: "instant fit", spans: [10..<500], policies: [.instantFit]),
    Plan(testDescription: "best fit", spans: [10..<500, 600..<700], policies: [.bestFit]),
    Plan(testDescription: "next fit", spans: [10..<400, 1500..<1700], policies: [.nextFit]),
    Plan(
      testDescription: "all policies, quantum 16, surrender", spans: [160..<16000],
      quantum: 16, policies: Vmem.Policy.allCases, largest: 600, surrenders: true),
    Plan(
      testDescription: "imports", source: 0..<2000, policies: Vmem.Policy.allCases, largest: 60),
    Plan(
      testDescription: "imports beside a static span", spans: [5000..<5100], source: 0..<1000,
      smallestImport: 64, largest: 30),
    Plan(
      testDescription: "quantum caches", spans: [10..<700], cachedSizes: 8, largest: 12),
    Plan(
      testDescription: "quantum caches and imports", quantum: 8, cachedSizes: 8,
      source: 0..<8192, smallestImport: 256, policies: Vmem.Policy.allCases, largest: 100,
      surrenders: true),
    Plan(
      testDescription: "many ranges", spans: [0..<40_000], largest: 100, operations: Plan.standard,
      validation: 1000),
    Plan(
      testDescription: "many ranges, caches, imports", cachedSizes: 16, source: 0..<40_000,
      smallestImport: 1024, policies: Vmem.Policy.allCases, largest: 100, operations: Plan.standard,
      validation: 1000),
  ]

  @Test(arguments: plans)
  func agreesWithAPlainModel(plan: Plan) {
    let run = VmemRun(plan)
    for step in 0..<plan.operations {
      // Filling and emptying in turns, so that both ends are met.
      let isFilling = step / 1000 % 2 == 0
      run.operate(isFilling: isFilling)
      if step % plan.validation == 0 { run.validate() }
      if !run.agrees { break }
    }
    run.freeAll()
    run.validate()
    #expect(run.divisions > plan.operations / 50 && run.unions > plan.operations / 500)
    #expect(run.refusals > plan.operations / 200 && run.ranges > plan.operations / 5)
  }
}
