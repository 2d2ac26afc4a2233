// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What the public face of vmem refuses, and with which words.
@Suite struct VmemArenaRefusalTests {
  @Test(arguments: VmemArena.Policy.allCases)
  func aRefusalNamesTheNumbersAndChangesNothing(policy: VmemArena.Policy) throws {
    var arena = try VmemArena(name: "test", span: 0..<96, quantum: 8)
    let first = try arena.allocate(30, policy: policy)
    let second = try arena.allocate(8, policy: policy)
    #expect(first == 0..<32 && second == 32..<40)
    arena.free(first)
    let before = arena.statistics
    let error = refusal(&arena, 59, policy)
    #expect(error == .noRoom(asked: 64, free: 88, largestFree: 56))
    let tooLarge = refusal(&arena, .max, policy)
    #expect(tooLarge == .noRoom(asked: .max, free: 88, largestFree: 56))
    let after = arena.statistics
    #expect(after == before)
    let last = try arena.allocate(56, policy: policy)
    #expect(last == 40..<96)
  }

  @Test func segmentsThatAreUsedUpAreAnErrorOfTheirOwn() throws {
    var arena = try VmemArena(name: "test", span: 0..<100, segmentLimit: 3)
    let limit = arena.segmentLimit
    #expect(limit == 3)
    // A span, a range, and what is free: no tag is left to split that.
    let first = try arena.allocate(10)
    let error = refusal(&arena, 10)
    #expect(error == .tooManySegments(limit: 3))
    let added = refusal(ofAdding: 100..<200, to: &arena)
    #expect(added == .tooManySegments(limit: 3))
    // All that is free needs none, and what does not fit is no matter of tags.
    let tooLarge = refusal(&arena, 91)
    #expect(tooLarge == .noRoom(asked: 91, free: 90, largestFree: 90))
    let rest = try arena.allocate(90)
    #expect(rest == 10..<100)
    arena.free(first)
    arena.free(rest)
  }

  @Test func numbersThatMakeNoSenseAreErrors() throws {
    typealias Constraints = VmemArena.Constraints
    var arena = try VmemArena(name: "test", span: 0..<128, quantum: 8)
    for size in [0, -1, Int.min] {
      let error = refusal(&arena, size)
      #expect(error == .invalidSize(size))
    }
    let constraints: [(Constraints, VmemError)] = [
      (Constraints(alignment: 0), .invalidConstraint(.alignment, value: 0)),
      (Constraints(alignment: 24), .invalidConstraint(.alignment, value: 24)),
      (Constraints(alignment: .min), .invalidConstraint(.alignment, value: .min)),
      (Constraints(alignment: 1 << 62), .invalidConstraint(.alignment, value: 1 << 62)),
      (Constraints(alignment: 32, phase: 32), .invalidConstraint(.phase, value: 32)),
      (Constraints(alignment: 32, phase: -8), .invalidConstraint(.phase, value: -8)),
      (Constraints(alignment: 32, phase: 4), .invalidConstraint(.phase, value: 4)),
      (Constraints(boundary: 0), .invalidConstraint(.boundary, value: 0)),
      (Constraints(boundary: 48), .invalidConstraint(.boundary, value: 48)),
      (Constraints(boundary: .min), .invalidConstraint(.boundary, value: .min)),
    ]
    for (constraint, expected) in constraints {
      let error = refusal(&arena, 8, .bestFit, constraint)
      #expect(error == expected)
    }
    for span in [5..<5, -8..<8, 256..<Int.max, 256..<260, 252..<264] {
      let error = refusal(ofAdding: span, to: &arena)
      #expect(error == .invalidSpan(span, quantum: 8))
    }
    let overlap = refusal(ofAdding: 120..<136, to: &arena)
    #expect(overlap == .overlap(120..<136, span: 0..<128))
    let all = try arena.allocate(128)
    #expect(all == 0..<128)
  }

  @Test func settingsThatMakeNoSenseAreErrors() {
    #expect(throws: VmemError.invalidSetting(.quantum, value: 6)) {
      _ = try VmemArena(name: "test", quantum: 6)
    }
    #expect(throws: VmemError.invalidSetting(.cachedSizes, value: 65)) {
      _ = try VmemArena(name: "test", cachedSizes: 65)
    }
    #expect(throws: VmemError.invalidSetting(.segmentLimit, value: 1)) {
      _ = try VmemArena(name: "test", segmentLimit: 1)
    }
    #expect(throws: VmemError.invalidSetting(.smallestImport, value: 0)) {
      _ = try VmemArena(name: "test", smallestImport: 0)
    }
    #expect(throws: VmemError.invalidSpan(0..<10, quantum: 4)) {
      _ = try VmemArena(name: "test", span: 0..<10, quantum: 4)
    }
  }

  /// Each of the two tables; what was mapped before is unmapped again.
  @Test(arguments: [1, 2])
  func tablesThatCannotBeMappedAreAnError(nth: Int) {
    let faults = FaultPlan()
    faults.fail(.mapTable, nth: nth, errno: ENOMEM)
    #expect(throws: VmemError.systemCall(.mapTable, errno: ENOMEM)) {
      _ = try VmemArena(name: "test", system: OperatingSystem(faults: faults))
    }
    #expect(!faults.isPending)
    #expect(faults.count(of: .unmap) == nth - 1)
  }

  @Test(arguments: [
    (VmemError.noRoom(asked: 71, free: 83, largestFree: 59), ["71", "83", "59"]),
    (.tooManySegments(limit: 71), ["71", "segmentLimit"]),
    (.invalidSize(-71), ["-71"]),
    (.invalidConstraint(.boundary, value: 71), ["boundary", "71", "power of two"]),
    (.invalidConstraint(.phase, value: 71), ["phase", "71", "alignment"]),
    (.invalidSpan(71..<83, quantum: 8), ["71..<83", "multiples of 8"]),
    (.overlap(71..<83, span: 59..<80), ["71..<83", "59..<80"]),
    (.invalidSetting(.quantum, value: 71), ["quantum", "71", "power of two"]),
    (.invalidSetting(.cachedSizes, value: 71), ["cachedSizes", "71", "64"]),
    (.invalidSetting(.segmentLimit, value: 1), ["segmentLimit", "1", "2 ..."]),
    (.invalidSetting(.smallestImport, value: -71), ["smallestImport", "-71"]),
    (.systemCall(.mapTable, errno: 12), ["mmap"]),
  ])
  func anErrorIsOneLineThatNamesTheNumbers(error: VmemError, words: [String]) {
    #expect(error.description.split(whereSeparator: \.isNewline).count == 1)
    for word in words { #expect(error.description.contains(word), "\(error): \(word)") }
  }
}

/// What a request of an arena is refused with, or nil.
func refusal(
  _ arena: inout VmemArena, _ size: Int, _ policy: VmemArena.Policy = .instantFit,
  _ constraints: VmemArena.Constraints = .init()
) -> VmemError? {
  do throws(VmemError) {
    _ = try arena.allocate(size, policy: policy, constraints: constraints)
    return nil
  } catch {
    return error
  }
}

func refusal(ofAdding span: Range<Int>, to arena: inout VmemArena) -> VmemError? {
  do throws(VmemError) {
    try arena.add(span)
    return nil
  } catch {
    return error
  }
}
