// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct VmallocTests {
  @Test(arguments: VmallocTest.allCases)
  func everyCaseRunsOnBothAndLeavesNothing(test: VmallocTest) throws {
    let source = try CompoundSource(capacity: VmallocTest.capacity)
    try run(test, source)
    #expect(source.allocator.statistics.liveBlocks == 0)
    try run(test, MappingSource())
  }

  private func run(_ test: VmallocTest, _ source: some BlockSource) throws {
    var run = try VmallocRun(test, source, seed: 3, processors: 1)
    switch test {
    case .longBusyList: #expect(run.heldBlocks == 15_000)
    case .fullFit: #expect(run.heldBlocks == 8192)
    default: #expect(run.heldBlocks == 0)
    }
    let lap = try run.measure(for: 50_000)
    #expect(lap.operations > 0)
  }

  @Test func pairsDependOnTheProcessorsAsInTheKernel() {
    #expect(
      [1, 2, 3, 4, 64].map { VmallocTest.pairCount(processors: $0) / 8192 } == [1, 2, 2, 3, 7])
  }

  @Test func namesAreTheKernels() {
    #expect(VmallocTest.allCases.allSatisfy { $0.rawValue.hasSuffix("_alloc_test") })
    #expect(VmallocTest.allCases.map(\.benchCase.name) == VmallocTest.allCases.map(\.rawValue))
  }
}
