// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Random operations on frame models of many sizes, against a plain array.
@Suite struct FramesTests {
  /// Arenas that end on a chunk's border, just before it and just behind it, and small ones.
  static let sizes = [1, 2, 64, 511, 512, 513, 1000, 1024, 1025, 1536, 2100, 4096, 5000]

  @Test(arguments: sizes)
  func smallRequestsAgreeWithAPlainArray(pageCount: Int) throws {
    try run(CheckedFrames(pageCount), seed: 1, operations: 9000, longest: 40)
  }

  @Test(arguments: sizes)
  func requestsOfAnyLengthAgreeWithAPlainArray(pageCount: Int) throws {
    try run(CheckedFrames(pageCount), seed: 2, operations: 7000, longest: pageCount)
  }

  private func run(
    _ model: CheckedFrames, seed: UInt64, operations: Int, longest: Int
  ) throws {
    var generator = SeededGenerator(seed: seed)
    for step in 0..<operations {
      // Half of the time the arena fills, half of the time it empties.
      let isFilling = step / 500 % 2 == 0
      switch Int.random(in: 0..<100, using: &generator) {
      case 0..<(isFilling ? 45 : 15):
        let count = length(longest, &generator)
        model.takeContiguous(count, alignment: alignment(&generator))
      case 45..<52 where isFilling, 15..<20:
        takeNext(model, longest, &generator)
      case 20..<54:
        model.giveSome(using: &generator)
      case 54..<57:
        let resident = model.frames.freeResident.rawValue
        guard resident > 0 else { break }
        model.gather(Int.random(in: 1...min(resident, 2 * longest), using: &generator))
      case 57..<60:
        grow(model, longest, &generator)
      case 60 where Int.random(in: 0..<4, using: &generator) == 0:
        model.shrink()
      case 61..<70:
        settle(model, &generator)
      default:
        model.giveSome(using: &generator)
      }
      if step % 97 == 0 { model.compare() }
      if step % 1999 == 0 { model.compareFragmentation() }
    }
    for run in model.taken { model.give(run) }
    model.compare()
    model.compareFragmentation()
  }

  private func length(_ longest: Int, _ generator: inout SeededGenerator) -> Int {
    let bound = Bool.random(using: &generator) ? longest : min(longest, 8)
    return Int.random(in: 1...bound, using: &generator)
  }

  private func alignment(_ generator: inout SeededGenerator) -> Int {
    Bool.random(using: &generator) ? 1 : 1 << Int.random(in: 0...11, using: &generator)
  }

  private func takeNext(
    _ model: CheckedFrames, _ longest: Int, _ generator: inout SeededGenerator
  ) {
    guard let run = model.taken.randomElement(using: &generator) else { return }
    let room = model.reference.states.count - run.end.rawValue
    // Now and then past the end of the arena.
    let count = Int.random(in: 1...max(1, min(longest, room + 1)), using: &generator)
    model.takeNext(run.end.rawValue, count)
  }

  private func grow(
    _ model: CheckedFrames, _ longest: Int, _ generator: inout SeededGenerator
  ) {
    let contiguous = Bool.random(using: &generator)
    let resident = model.frames.freeResident.rawValue
    // What frames with memory can serve is not asked for.
    let least = contiguous ? 1 : resident + 1
    let count = least + Int.random(in: 0..<2 * longest, using: &generator)
    model.hide(
      for: PageCount(count), contiguous: contiguous,
      alignment: contiguous ? alignment(&generator) : 1)
  }

  private func settle(_ model: CheckedFrames, _ generator: inout SeededGenerator) {
    guard !model.hidden.isEmpty else { return }
    let index = Int.random(in: model.hidden.indices, using: &generator)
    if Int.random(in: 0..<4, using: &generator) == 0 {
      model.retire(index)
    } else {
      model.publish(index)
    }
  }
}
