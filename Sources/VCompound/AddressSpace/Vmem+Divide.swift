// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Makes two ranges of one that is allocated.
  ///
  /// Both are freed apart from then on, as they are.
  ///
  /// - Parameters:
  ///   - segment: the range's number, which the lower part keeps.
  ///   - number: the first number of the upper part; a multiple of the quantum from the range's
  ///     first one.
  /// - Returns: the number of the upper part's segment, or nil where no tag is left. Nothing
  ///   changes then.
  /// - Complexity: O(1) expected.
  package mutating func divide(_ segment: UInt32, at number: Int) -> UInt32? {
    let whole = range(of: segment)
    guard whole.lowerBound < number, number < whole.upperBound,
      (number - whole.lowerBound) & (quantum - 1) == 0
    else { stop("\(name): cannot divide \(whole) at \(number)") }
    guard tags.room > 0 else { return nil }
    let span = tags[segment].span
    tags[segment].size = number - whole.lowerBound
    let upper = tags.insert(
      BoundaryTag(.busy, number..<whole.upperBound, span: span), after: segment)
    busy.insert(upper, tags)
    tags[span].busyCount += 1
    if rotorTag == segment, rotor > number { rotorTag = upper }
    return upper
  }

  /// Makes one range of two that are allocated side by side.
  ///
  /// - Parameters:
  ///   - segment: the number of the lower range, which the whole keeps.
  ///   - other: that of the upper one, which is no range's afterwards.
  /// - Returns: whether the upper range is right behind the lower one, in the same span; else
  ///   nothing changes.
  /// - Complexity: O(1) expected.
  package mutating func unite(_ segment: UInt32, with other: UInt32) -> Bool {
    guard neighbour(after: segment) == other else { return false }
    busy.remove(startingAt: tags[other].start, tags)
    tags[segment].size += tags[other].size
    tags[tags[segment].span].busyCount -= 1
    absorb(other, into: segment)
    return true
  }
}

extension ImportingVmem {
  /// Makes two ranges of one; see `Vmem.divide`.
  package func divide(_ segment: UInt32, at number: Int) -> UInt32? {
    arena.withLock { $0.divide(segment, at: number) }
  }

  /// Makes one range of two; see `Vmem.unite`.
  package func unite(_ segment: UInt32, with other: UInt32) -> Bool {
    arena.withLock { $0.unite(segment, with: other) }
  }
}
