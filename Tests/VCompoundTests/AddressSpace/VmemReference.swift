// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// What a vmem should be: the spans and the ranges taken, as sorted arrays.
///
/// It says what may be, and does not choose: a range must meet its constraints and be free, a
/// refusal must be right, and the best fit must be the best.
struct VmemReference {
  /// In the order they came, but where a span was split.
  private(set) var spans: [Range<Int>] = []

  /// Ascending.
  private(set) var taken: [Range<Int>] = []

  private(set) var takenSize = 0

  /// Where the last range by next fit ended.
  private var rotor: Int?

  /// Whether a range that begins at a number is what was asked for.
  static func meets(_ first: Int, _ size: Int, _ constraints: Vmem.Constraints) -> Bool {
    first % constraints.alignment == constraints.phase
      && constraints.bounds.lowerBound <= first && first + size <= constraints.bounds.upperBound
      && constraints.boundary.map { first / $0 == (first + size - 1) / $0 } ?? true
  }

  /// The lowest place in a gap, one candidate after the other.
  static func place(
    in gap: Range<Int>, _ size: Int, _ constraints: Vmem.Constraints
  ) -> Int? {
    var first = max(gap.lowerBound, constraints.bounds.lowerBound)
    while first % constraints.alignment != constraints.phase { first += 1 }
    while first + size <= gap.upperBound, first + size <= constraints.bounds.upperBound {
      if meets(first, size, constraints) { return first }
      first += constraints.alignment
    }
    return nil
  }

  /// The free ranges, span by span.
  var gaps: [Range<Int>] {
    var gaps: [Range<Int>] = []
    for span in spans {
      var low = span.lowerBound
      var index = self.index(from: low)
      while index < taken.count, taken[index].lowerBound < span.upperBound {
        if low < taken[index].lowerBound { gaps.append(low..<taken[index].lowerBound) }
        low = taken[index].upperBound
        index += 1
      }
      if low < span.upperBound { gaps.append(low..<span.upperBound) }
    }
    return gaps
  }

  /// Binary search: the first range taken at or after a number.
  private func index(from number: Int) -> Int {
    var (low, high) = (0, taken.count)
    while low < high {
      let middle = (low + high) / 2
      if taken[middle].lowerBound >= number { high = middle } else { low = middle + 1 }
    }
    return low
  }

  // MARK: Questions

  /// Whether a range lies in one span, and none of it is taken.
  func isFree(_ range: Range<Int>) -> Bool {
    let index = index(from: range.lowerBound)
    return spans.contains { $0.clamped(to: range) == range }
      && (index == taken.count || range.upperBound <= taken[index].lowerBound)
      && (index == 0 || taken[index - 1].upperBound <= range.lowerBound)
  }

  /// Whether some gap has room.
  func hasRoom(_ size: Int, _ constraints: Vmem.Constraints) -> Bool {
    gaps.contains { $0.count >= size && Self.place(in: $0, size, constraints) != nil }
  }

  /// Whether no gap smaller than the one a range lies in would have served.
  func isBestFit(_ range: Range<Int>, _ constraints: Vmem.Constraints) -> Bool {
    let gaps = gaps
    guard let chosen = gaps.first(where: { $0.overlaps(range) }) else { return false }
    return !gaps.contains {
      $0.count >= range.count && $0.count < chosen.count
        && Self.place(in: $0, range.count, constraints) != nil
    }
  }

  /// Where next fit must find room, in spans that neither touch nor change.
  func nextFit(_ size: Int, _ constraints: Vmem.Constraints) -> Int? {
    var before: [Range<Int>] = []
    var after: [Range<Int>] = []
    let rotor = rotor ?? spans.first?.lowerBound ?? 0
    let rotorSpan = spans.firstIndex { $0.lowerBound <= rotor && rotor <= $0.upperBound } ?? 0
    for gap in gaps {
      let span = spans.firstIndex { $0.overlaps(gap) } ?? 0
      if span > rotorSpan || span == rotorSpan && gap.lowerBound >= rotor {
        after.append(gap)
      } else {
        before.append(gap)
        if span == rotorSpan, rotor < gap.upperBound {
          after.append(rotor..<gap.upperBound)
        }
      }
    }
    for gap in after + before where gap.count >= size {
      if let first = Self.place(in: gap, size, constraints) { return first }
    }
    return nil
  }

  // MARK: Changes

  mutating func add(_ span: Range<Int>) {
    spans.append(span)
  }

  /// Removes a span, or what is left of it.
  ///
  /// - Returns: whether it was one, and wholly free.
  mutating func remove(_ span: Range<Int>) -> Bool {
    guard let index = spans.firstIndex(of: span), isFree(span) else { return false }
    spans.remove(at: index)
    return true
  }

  mutating func take(_ range: Range<Int>, movesRotor: Bool) {
    taken.insert(range, at: index(from: range.lowerBound))
    takenSize += range.count
    if movesRotor { rotor = range.upperBound }
  }

  mutating func free(at index: Int) -> Range<Int> {
    takenSize -= taken[index].count
    return taken.remove(at: index)
  }

  /// Makes two ranges of one.
  mutating func divide(at index: Int, _ number: Int) {
    let range = taken[index]
    taken[index] = range.lowerBound..<number
    taken.insert(number..<range.upperBound, at: index + 1)
  }

  /// Makes one range of one and the next, if they touch in one span.
  mutating func unite(at index: Int) -> Bool {
    guard index + 1 < taken.count else { return false }
    let (lower, upper) = (taken[index], taken[index + 1])
    guard lower.upperBound == upper.lowerBound,
      !spans.contains(where: { $0.lowerBound == upper.lowerBound })
    else { return false }
    taken[index] = lower.lowerBound..<upper.upperBound
    taken.remove(at: index + 1)
    return true
  }

  mutating func surrender(at index: Int) -> Range<Int> {
    let range = free(at: index)
    guard let span = spans.firstIndex(where: { $0.overlaps(range) }) else { return range }
    let whole = spans.remove(at: span)
    let parts = [whole.lowerBound..<range.lowerBound, range.upperBound..<whole.upperBound]
    spans.insert(contentsOf: parts.filter { !$0.isEmpty }, at: span)
    return range
  }
}
