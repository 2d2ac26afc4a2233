// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Takes ranges that are allocated, one or several side by side, out of the arena for good.
  ///
  /// For what the caller could not keep. They never go back to the source; what is left of their
  /// span on either side goes on as a span of its own. There always is a tag for that: at least
  /// one segment's is given up before.
  ///
  /// - Parameter range: from the first number of the first range to the end of the last.
  /// - Returns: what is left below and above, where that was imported and none of it is in use: the
  ///   arena has it no more, and the caller gives it back to the source.
  /// - Complexity: O(segments of the span behind the range).
  package mutating func surrender(
    _ range: Range<Int>
  ) -> (below: Range<Int>?, above: Range<Int>?) {
    let span = removeBusy(range)
    let whole = tags[span].range
    importedSize -= range.count
    tags[span].size = range.lowerBound - whole.lowerBound
    var above: Range<Int>?
    if range.upperBound < whole.upperBound {
      above = splitOff(range.upperBound..<whole.upperBound, of: span)
    }
    if tags[span].size > 0 { return (removeIfUnused(span), above) }
    removeTag(span)
    return (nil, above)
  }

  /// Removes the segments of a range that is about to be surrendered.
  ///
  /// - Returns: their span.
  private mutating func removeBusy(_ range: Range<Int>) -> BoundaryTag.Index {
    var index = busy.segment(startingAt: range.lowerBound, tags)
    var number = range.lowerBound
    while tags[index].kind == .busy, tags[index].start == number, number < range.upperBound {
      number = tags[index].end
      index = tags[index].next
    }
    guard number == range.upperBound, !range.isEmpty else {
      stop("\(name): cannot surrender \(range): \(state(of: range))")
    }
    index = busy.segment(startingAt: range.lowerBound, tags)
    let span = tags[index].span
    number = range.lowerBound
    while number < range.upperBound {
      let (next, end) = (tags[index].next, tags[index].end)
      busy.remove(startingAt: number, tags)
      tags[span].busyCount -= 1
      allocatedSize -= end - number
      removeTag(index)
      (index, number) = (next, end)
    }
    return span
  }

  /// Makes the segments from a number to the end of a span a span of their own.
  ///
  /// - Returns: its numbers, if it goes back to the source at once.
  private mutating func splitOff(
    _ range: Range<Int>, of span: BoundaryTag.Index
  ) -> Range<Int>? {
    // The last segment before them, or the span's tag.
    var last = tags[span].next
    while tags[last].kind != .sentinel, !tags[last].isSpan, tags[last].start < range.lowerBound {
      last = tags[last].next
    }
    last = tags[last].previous
    let rest = tags.insert(BoundaryTag(tags[span].kind, range), after: last)
    tags.linkSpan(rest, after: span)
    var index = tags[rest].next
    while tags[index].kind != .sentinel, !tags[index].isSpan {
      tags[index].span = rest
      if tags[index].kind == .busy {
        tags[span].busyCount -= 1
        tags[rest].busyCount += 1
      }
      index = tags[index].next
    }
    return removeIfUnused(rest)
  }
}
