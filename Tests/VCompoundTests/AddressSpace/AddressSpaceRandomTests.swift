// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// Ranges of numbers, against a plain array of owners.
@Suite struct AddressSpaceRandomTests {
  /// What every number is: not imported, free, or allocated.
  private struct Reference {
    enum State { case foreign, free, taken }

    var states = Array(repeating: State.foreign, count: 4000)
    var spans: [Range<Int>] = []

    mutating func set(_ range: Range<Int>, _ state: State) {
      for number in range { states[number] = state }
    }

    /// Whether some span has room.
    func fits(_ count: Int, _ alignment: Int, _ phase: Int) -> Bool {
      for span in spans {
        var free = 0
        for number in span.reversed() {
          free = states[number] == .free ? free + 1 : 0
          if free >= count, number % alignment == phase { return true }
        }
      }
      return false
    }
  }

  @Test(arguments: 0..<8)
  func agreesWithAPlainArray(seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var space = AddressSpace()
    var reference = Reference()
    var ranges: [Range<Int>] = []
    for span in [10..<700, 700..<800, 1000..<1001, 1500..<3100] {
      space.importSpan(span)
      reference.spans.append(span)
      reference.set(span, .free)
    }
    for step in 0..<3000 {
      let isFilling = step / 300 % 2 == 0
      if Int.random(in: 0..<10, using: &generator) < (isFilling ? 7 : 3) {
        let count = Int.random(in: 1...[3, 30, 400][seed % 3], using: &generator)
        let alignment = 1 << Int.random(in: 0...7, using: &generator)
        let phase = Int.random(in: 0..<alignment, using: &generator)
        let range = space.allocate(count, alignment: alignment, phase: phase)
        let fits = reference.fits(count, alignment, phase)
        #expect((range != nil) == fits, "\(count) from \(phase) behind \(alignment)")
        guard let range else { continue }
        #expect(range.count == count && range.lowerBound % alignment == phase)
        #expect(range.allSatisfy { reference.states[$0] == .free }, "\(range) was not free")
        #expect(reference.spans.contains { $0.clamped(to: range) == range })
        reference.set(range, .taken)
        ranges.append(range)
      } else if !ranges.isEmpty {
        let index = Int.random(in: ranges.indices, using: &generator)
        let range = ranges.remove(at: index)
        space.free(range)
        reference.set(range, .free)
        if Int.random(in: 0..<200, using: &generator) == 0 {
          surrender(range, &space, &reference)
        }
      }
      space.validate()
      #expect(space.allocatedCount == ranges.count)
      #expect(space.importedSpans == reference.spans)
    }
  }

  private func surrender(
    _ range: Range<Int>, _ space: inout AddressSpace, _ reference: inout Reference
  ) {
    space.surrender(range)
    reference.set(range, .foreign)
    reference.spans = reference.spans.flatMap { span in
      guard span.overlaps(range) else { return [span] }
      return [span.lowerBound..<range.lowerBound, range.upperBound..<span.upperBound]
        .filter { !$0.isEmpty }
    }
  }

  @Test(arguments: 0..<4)
  func aFreedNumberIsNotUsedBeforeTheRestOfTheSpan(seed: Int) {
    // One page at a time: between two uses of a number lie all the numbers that were free.
    var generator = SeededGenerator(seed: UInt64(seed))
    var space = AddressSpace()
    space.importSpan(0..<200)
    var taken = (0..<100).compactMap { _ in space.allocate(1)?.lowerBound }
    var usesSince: [Int: Int] = [:]
    for _ in 0..<5000 {
      let index = Int.random(in: taken.indices, using: &generator)
      let freed = taken.remove(at: index)
      space.free(freed..<freed + 1)
      let free = Set(0..<200).subtracting(taken)
      guard let next = space.allocate(1)?.lowerBound else { break }
      // The nearest free number behind the last one taken, around the end.
      let last = usesSince[-1] ?? 99
      let expected = (1...200).map { (last + $0) % 200 }.first { free.contains($0) }
      #expect(next == expected)
      usesSince[-1] = next
      taken.append(next)
    }
    #expect(taken.count == 100)
  }
}
