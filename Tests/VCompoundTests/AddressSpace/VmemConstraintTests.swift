// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Alignment, phase, boundaries that must not be crossed, and bounds.
@Suite struct VmemConstraintTests {
  @Test(arguments: Vmem.Policy.allCases)
  func alignmentAndPhaseAreMet(policy: Vmem.Policy) {
    let arena = TestArena(100..<400)
    #expect(arena.allocate(10, policy, alignment: 256) == 256..<266)
    #expect(arena.allocate(10, policy, alignment: 256, phase: 127) == 383..<393)
    #expect(arena.allocate(10, policy, alignment: 256, phase: 137) == 137..<147)
    #expect(arena.allocate(10, policy, alignment: 256, phase: 138) == nil)
    #expect(arena.allocate(200, policy, alignment: 256) == nil)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func aBoundaryIsNotCrossed(policy: Vmem.Policy) {
    let arena = TestArena(50..<200)
    #expect(arena.allocate(30, policy, boundary: 64) == 64..<94)
    // From its phase on, the range crosses every boundary.
    #expect(arena.allocate(33, policy, alignment: 64, phase: 32, boundary: 64) == nil)
    #expect(arena.allocate(32, policy, alignment: 64, phase: 32, boundary: 64) == 96..<128)
    #expect(arena.allocate(65, policy, boundary: 64) == nil)
    #expect(arena.allocate(64, policy, boundary: 64) == 128..<192)
    #expect(arena.allocate(14, policy, boundary: 64) == 50..<64)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func anAlignmentAboveTheBoundaryIsMet(policy: Vmem.Policy) {
    let arena = TestArena(0..<1000)
    #expect(arena.allocate(16, policy, alignment: 256, phase: 48, boundary: 64) == 48..<64)
    #expect(arena.allocate(16, policy, alignment: 256, phase: 56, boundary: 64) == nil)
    #expect(arena.allocate(16, policy, alignment: 256, phase: 40, boundary: 64) == 296..<312)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func boundsAreMet(policy: Vmem.Policy) {
    let arena = TestArena(0..<1000)
    #expect(arena.allocate(10, policy, bounds: 500..<510) == 500..<510)
    #expect(arena.allocate(10, policy, bounds: 495..<515) == nil)
    #expect(arena.allocate(10, policy, bounds: 490..<515) == 490..<500)
    #expect(arena.allocate(10, policy, bounds: 995..<2000) == nil)
    #expect(arena.allocate(10, policy, bounds: 2000..<3000) == nil)
    #expect(arena.allocate(10, policy, alignment: 64, bounds: 700..<720) == 704..<714)
  }

  @Test(arguments: Vmem.Policy.allCases)
  func theEndsOfTheNumbersAreUsable(policy: Vmem.Policy) {
    let end = Vmem.allNumbers.upperBound
    let arena = TestArena(Vmem.allNumbers)
    #expect(arena.allocate(1, policy, alignment: end) == 0..<1)
    #expect(arena.allocate(1, policy, alignment: end, phase: end - 1) == end - 1..<end)
    #expect(arena.allocate(end, policy) == nil)
    #expect(arena.allocate(2, policy, bounds: end - 2..<Int.max) == nil)
    #expect(arena.allocate(end - 2, policy, boundary: end) == 1..<end - 1)
  }

  @Test func aRequestHasRoomInASpanOfTheCertainSize() {
    // By brute force: the least size at which a span serves wherever it begins.
    for alignment in [1, 2, 8, 32] {
      for boundary in [nil, 4, 8, 16, 64] {
        for phase in [0, 1, alignment / 2, alignment - 1] where phase < alignment {
          for size in [1, 3, 8, 13] {
            check(size, alignment, phase, boundary)
          }
        }
      }
    }
  }

  private func check(_ size: Int, _ alignment: Int, _ phase: Int, _ boundary: Int?) {
    func serves(_ span: Range<Int>) -> Bool {
      span.contains { first in
        first % alignment == phase && first + size <= span.upperBound
          && boundary.map { first / $0 == (first + size - 1) / $0 } ?? true
      }
    }
    let least = (1...200).first { length in (0..<64).allSatisfy { serves($0..<$0 + length) } }
    let asked = Lock<[Int]>([])
    let source = Vmem.Source { request throws(CompoundError) in
      asked.withLock { $0.append(request.size) }
      throw .noSpan
    } release: { _ in
    }
    let arena = ImportingVmem.forTests(source: source)
    let constraints = Vmem.Constraints(alignment: alignment, phase: phase, boundary: boundary)
    #expect(throws: CompoundError.noSpan) {
      _ = try arena.allocate(size, .instantFit, constraints)
    }
    // The first question is for plenty, the last for the range itself.
    let sizes = asked.withLock { $0 }
    #expect(sizes.last == size)
    #expect((sizes.count == 1 ? (least == size || least == nil) : sizes[0] == least))
  }
}
