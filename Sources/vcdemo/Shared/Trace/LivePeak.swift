// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The most memory that a trace has alive at one moment: what no allocator can do without.
///
/// A block of a page or more counts in whole pages; smaller blocks count together by their bytes,
/// rounded up to pages at the sum. While a block is reallocated both the old and the new one
/// count, unless it can be done in place, which is when both have a page or more and the new one
/// needs no more pages than the old.
package struct LivePeak: Equatable, Sendable {
  /// The peak in pages.
  package private(set) var pages = 0

  /// The peak in exact bytes.
  package private(set) var byteCount = 0

  /// The bytes of those that were in blocks smaller than a page.
  package private(set) var smallByteCount = 0

  /// The bytes of the peak's pages.
  package var pageByteCount: Int { pages * LivePeak.pageSize }

  private var wholePages = 0
  private var smallBytes = 0
  private var liveBytes = 0

  /// The bytes of a page.
  package static let pageSize = 4096

  /// Nothing is alive yet.
  package init() {}

  /// Finds the peak of a trace.
  ///
  /// - Parameters:
  ///   - trace: the events.
  ///   - visit: is told after each event how many bytes are alive.
  package init(of trace: Trace, visit: (Int) -> Void = { _ in }) {
    var sizes = MappedTable(repeating: 0, count: trace.names.count)
    for index in trace.events.indices {
      let event = trace.events[index]
      let block = Int(event.block)
      switch event.kind {
      case .allocate:
        sizes[block] = event.byteCount
        add(event.byteCount)
      case .free:
        remove(sizes[block])
      case .reallocate:
        let old = sizes[Int(event.previous)]
        sizes[block] = event.byteCount
        if LivePeak.isInPlace(from: old, to: event.byteCount) {
          remove(old)
          add(event.byteCount)
        } else {
          add(event.byteCount)
          remove(old)
        }
      }
      visit(liveBytes)
    }
  }

  /// Whether a block of `old` bytes can become one of `new` bytes where it is.
  package static func isInPlace(from old: Int, to new: Int) -> Bool {
    old >= pageSize && new >= pageSize && pageCount(new) <= pageCount(old)
  }

  /// The pages that cover so many bytes.
  package static func pageCount(_ byteCount: Int) -> Int {
    (byteCount + pageSize - 1) / pageSize
  }

  /// A block is born.
  package mutating func add(_ size: Int) {
    count(size, 1)
    pages = max(pages, wholePages + LivePeak.pageCount(smallBytes))
    guard liveBytes > byteCount else { return }
    byteCount = liveBytes
    smallByteCount = smallBytes
  }

  /// A block of this size goes; one of 0 bytes was none.
  package mutating func remove(_ size: Int) {
    count(size, -1)
  }

  private mutating func count(_ size: Int, _ sign: Int) {
    liveBytes += sign * size
    if size >= LivePeak.pageSize {
      wholePages += sign * LivePeak.pageCount(size)
    } else {
      smallBytes += sign * size
    }
  }
}
