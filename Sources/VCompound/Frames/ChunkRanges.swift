// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A sorted list of disjoint ranges of chunks that never touch: the absent chunks.
///
/// An array, since there are few ranges (one at first) and every change stands beside a system
/// call that fills or empties megabytes.
struct ChunkRanges {
  /// The ranges, ascending.
  private(set) var ranges: [Range<Int>]

  /// Makes a list of one range.
  init(_ range: Range<Int>) {
    ranges = [range]
  }

  /// Adds a range of which no chunk is in the list, joining it with its neighbours.
  mutating func insert(_ range: Range<Int>) {
    var range = range
    var index = firstIndex(endingAfter: range.lowerBound)
    assert(index == ranges.count || ranges[index].lowerBound >= range.upperBound, "added twice")
    if index < ranges.count, ranges[index].lowerBound == range.upperBound {
      range = range.lowerBound..<ranges[index].upperBound
      ranges.remove(at: index)
    }
    if index > 0, ranges[index - 1].upperBound == range.lowerBound {
      index -= 1
      ranges[index] = ranges[index].lowerBound..<range.upperBound
    } else {
      ranges.insert(range, at: index)
    }
  }

  /// Takes a range out, all of which is in the list.
  mutating func remove(_ range: Range<Int>) {
    let index = firstIndex(endingAfter: range.lowerBound)
    let whole = ranges[index]
    assert(whole.lowerBound <= range.lowerBound && range.upperBound <= whole.upperBound)
    ranges.remove(at: index)
    if range.upperBound < whole.upperBound {
      ranges.insert(range.upperBound..<whole.upperBound, at: index)
    }
    if whole.lowerBound < range.lowerBound {
      ranges.insert(whole.lowerBound..<range.lowerBound, at: index)
    }
  }

  /// The range that holds a chunk, if one does.
  func range(containing chunk: Int) -> Range<Int>? {
    let index = firstIndex(endingAfter: chunk)
    guard index < ranges.count, ranges[index].contains(chunk) else { return nil }
    return ranges[index]
  }

  /// Binary search: the first range whose end lies after `chunk`.
  private func firstIndex(endingAfter chunk: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound > chunk { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
