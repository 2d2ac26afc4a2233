// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Hands out ranges of numbers: the address space that windows are mapped into, in pages.
///
/// *Spans* of numbers are imported; ranges are allocated from them by *next fit*: each search
/// goes on where the last one ended. A range that was given back is therefore not used again
/// before all the rest of its span was, and a stitch always meets page tables that no processor
/// remembers.
///
/// Resource-neutral: what the numbers mean, and what it takes to have more of them, is the
/// caller's business. Not thread-safe.
package struct AddressSpace {
  /// A range of pages.
  package typealias Range = Swift.Range<Int>

  /// One import, and the allocated ranges in it.
  fileprivate struct Span {
    let range: Range
    /// Ascending and disjoint.
    ///
    /// An array, because next fit appends to its end.
    var allocated: [Range] = []
    /// Where the next search begins.
    var rotor: Int
  }

  private var spans: [Span] = []

  /// Makes an empty address space.
  package init() {}

  /// The pages imported.
  package var importedPageCount: Int { spans.reduce(0) { $0 + $1.range.count } }

  /// The ranges that are allocated.
  package var allocatedCount: Int { spans.reduce(0) { $0 + $1.allocated.count } }

  /// Adds numbers that no span holds yet.
  package mutating func importSpan(_ range: Range) {
    precondition(!range.isEmpty && !spans.contains { $0.range.overlaps(range) })
    spans.append(Span(range: range, rotor: range.lowerBound))
  }

  /// Takes a range.
  ///
  /// - Parameters:
  ///   - count: its length in pages, at least 1.
  ///   - alignment: a power of two, in pages.
  ///   - phase: the range begins this many pages behind a multiple of the alignment.
  /// - Returns: the range, or nil where no span has room: import one, and ask again.
  /// - Complexity: O(1) while the span behind the rotor is free, else O(allocated ranges).
  package mutating func allocate(_ count: Int, alignment: Int = 1, phase: Int = 0) -> Range? {
    precondition(count > 0 && alignment > 0 && alignment & (alignment - 1) == 0)
    precondition(0 <= phase && phase < alignment)
    // The youngest span first: it is the largest, and the most likely to have room.
    for index in spans.indices.reversed() {
      if let range = spans[index].allocate(count, alignment, phase) { return range }
    }
    return nil
  }

  /// Gives a range back, exactly as it was allocated.
  package mutating func free(_ range: Range) {
    for index in spans.indices where spans[index].range.overlaps(range) {
      spans[index].free(range)
      return
    }
    preconditionFailure("pages \(range) belong to no span")
  }

  /// Takes a range, exactly as it was allocated, out of the address space for good.
  ///
  /// For a range that the caller could not keep reserved.
  package mutating func surrender(_ range: Range) {
    for index in spans.indices where spans[index].range.overlaps(range) {
      let span = spans[index]
      spans.remove(at: index)
      // What is left of the span on either side goes on as a span of its own.
      for part in [
        span.range.lowerBound..<range.lowerBound, range.upperBound..<span.range.upperBound,
      ]
      where !part.isEmpty {
        let allocated = span.allocated.filter { part.overlaps($0) }
        let rotor = part.contains(span.rotor) ? span.rotor : part.lowerBound
        spans.insert(Span(range: part, allocated: allocated, rotor: rotor), at: index)
      }
      return
    }
    preconditionFailure("pages \(range) belong to no span")
  }

  /// The spans there are, ascending.
  package var importedSpans: [Range] {
    spans.map(\.range).sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Stops the program unless the ranges are disjoint, in order, and inside their spans.
  package func validate() {
    for span in spans {
      var end = span.range.lowerBound
      for range in span.allocated {
        precondition(!range.isEmpty && range.lowerBound >= end, "ranges overlap: \(range)")
        end = range.upperBound
      }
      precondition(end <= span.range.upperBound)
    }
  }
}

extension AddressSpace.Span {
  /// Next fit: from the rotor to the end, then from the start to the rotor.
  fileprivate mutating func allocate(
    _ count: Int, _ alignment: Int, _ phase: Int
  ) -> AddressSpace.Range? {
    let middle = firstIndex(from: rotor)
    return take(count, alignment, phase, gaps: middle...allocated.count, from: rotor)
      ?? take(count, alignment, phase, gaps: 0...middle, from: range.lowerBound)
  }

  /// Tries gaps in turn; gap *i* lies before allocated range *i*, the last one behind them all.
  private mutating func take(
    _ count: Int, _ alignment: Int, _ phase: Int, gaps: ClosedRange<Int>, from start: Int
  ) -> AddressSpace.Range? {
    for gap in gaps {
      let low = max(start, gap == 0 ? range.lowerBound : allocated[gap - 1].upperBound)
      let high = gap == allocated.count ? range.upperBound : allocated[gap].lowerBound
      // The least number at or above `low` that is `phase` behind a multiple of `alignment`.
      let first = low + (phase - low) & (alignment - 1)
      guard first + count <= high else { continue }
      let taken = first..<first + count
      allocated.insert(taken, at: gap)
      rotor = taken.upperBound
      return taken
    }
    return nil
  }

  fileprivate mutating func free(_ taken: AddressSpace.Range) {
    let index = firstIndex(from: taken.lowerBound)
    precondition(
      index < allocated.count && allocated[index] == taken, "pages \(taken) are not allocated")
    allocated.remove(at: index)
  }

  /// Binary search: the first allocated range that begins at or after a page.
  private func firstIndex(from page: Int) -> Int {
    var (low, high) = (0, allocated.count)
    while low < high {
      let middle = (low + high) / 2
      if allocated[middle].lowerBound >= page { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
