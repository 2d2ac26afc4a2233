// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Stops the program unless all tags agree with each other and with the lists they are in.
  ///
  /// - Complexity: O(segments + spans log spans).
  package func validate() {
    var seen = Seen()
    var span = BoundaryTag.none
    var index = tags[BoundaryTag.none].next
    var previous = BoundaryTag.none
    while index != BoundaryTag.none {
      let tag = tags[index]
      precondition(tag.previous == previous, "\(name): the segment list is broken at \(tag.range)")
      precondition(
        tag.size > 0 && (tag.start | tag.size) & (quantum - 1) == 0,
        "\(name): \(tag.range) is no multiple of the quantum")
      if tag.isSpan {
        finish(span, seen)
        span = index
        seen.begin(tag)
      } else {
        precondition(tag.span == span, "\(name): \(tag.range) does not know its span")
        seen.add(tag)
        if tag.kind == .free { checkFree(previous, tag) } else { checkBusy(index) }
      }
      (previous, index) = (index, tag.next)
    }
    finish(span, seen)
    precondition(tags[BoundaryTag.none].previous == previous, "\(name): the list does not close")
    checkTotals(seen)
    checkLists(seen)
    checkRotor()
    checkSpans(seen)
  }

  /// What a walk along the segment list has met.
  private struct Seen {
    var spans = 0
    var segments = 0
    var imported = 0
    var busy = 0
    var busySize = 0
    var free = 0
    var cached = 0
    var cachedSize = 0
    /// In the span at hand.
    var end = 0
    var busyInSpan: UInt32 = 0
    var isGapless = true

    mutating func begin(_ span: BoundaryTag) {
      spans += 1
      imported += span.size
      end = span.start
      busyInSpan = 0
    }

    mutating func add(_ tag: BoundaryTag) {
      segments += 1
      if tag.start != end { isGapless = false }
      end = tag.end
      switch tag.kind {
      case .free: free += 1
      case .cached:
        cached += 1
        cachedSize += tag.size
      default:
        busy += 1
        busyInSpan += 1
        busySize += tag.size
      }
    }
  }

  /// Checks a span all segments of which were met.
  private func finish(_ span: BoundaryTag.Index, _ seen: Seen) {
    guard span != BoundaryTag.none else { return }
    let tag = tags[span]
    precondition(
      seen.isGapless && seen.end == tag.end, "\(name): the segments of \(tag.range) leave gaps")
    precondition(tag.busyCount == seen.busyInSpan, "\(name): \(tag.range) is miscounted")
    precondition(
      tag.kind == .staticSpan || tag.busyCount > 0, "\(name): \(tag.range) should have gone back")
  }

  private func checkFree(_ previous: BoundaryTag.Index, _ tag: BoundaryTag) {
    precondition(tags[previous].kind != .free, "\(name): \(tag.range) was not merged")
  }

  private func checkBusy(_ index: BoundaryTag.Index) {
    let tag = tags[index]
    precondition(tag.kind == .busy || tag.kind == .cached, "\(name): \(tag.range) is \(tag.kind)")
    precondition(
      busy.segment(startingAt: tag.start, tags) == index, "\(name): \(tag.range) is not found")
  }

  private func checkTotals(_ seen: Seen) {
    precondition(tags.count == seen.spans + seen.segments, "\(name): tags are lost")
    precondition(
      Int(tags.end) - 1 == tags.count + tags.unusedCount(), "\(name): tags leak")
    precondition(busy.count == seen.busy + seen.cached, "\(name): the busy table is miscounted")
    precondition(
      importedSize == seen.imported && allocatedSize == seen.busySize,
      "\(name): \(importedSize), \(allocatedSize), not \(seen.imported), \(seen.busySize)")
    precondition(
      caches.count == seen.cached && caches.size == seen.cachedSize,
      "\(name): the quantum caches are miscounted")
  }

  /// Checks that every free segment is in the list of its size, and every cached one in its cache.
  private func checkLists(_ seen: Seen) {
    var (free, cached) = (0, 0)
    for list in 0..<64 {
      free += check(freeLists.lists, list) {
        $0.kind == .free && freeLists.list(of: $0.size) == list
      }
      let inCache = check(caches.lists, list) {
        $0.kind == .cached && $0.size == (list + 1) * quantum
      }
      precondition(inCache <= QuantumCaches.depth, "\(name): cache \(list) holds \(inCache)")
      cached += inCache
    }
    precondition(free == seen.free, "\(name): \(seen.free) segments are free, \(free) in lists")
    precondition(cached == seen.cached, "\(name): \(seen.cached) cached, \(cached) in caches")
  }

  /// Checks that all segments of a list belong there, and counts them: none without its bit.
  private func check(
    _ lists: SegmentLists, _ list: Int, _ belongs: (BoundaryTag) -> Bool
  ) -> Int {
    guard lists.occupied >> UInt64(list) & 1 == 1 else { return 0 }
    var (count, previous, index) = (0, BoundaryTag.none, lists.first(of: list))
    precondition(index != BoundaryTag.none, "\(name): the bit of \(list) is wrong")
    while index != BoundaryTag.none {
      let tag = tags[index]
      precondition(
        belongs(tag) && tag.listPrevious == previous,
        "\(name): \(tag.range), \(tag.kind), is in list \(list)")
      count += 1
      (previous, index) = (index, tag.listNext)
    }
    return count
  }

  private func checkRotor() {
    let tag = tags[rotorTag]
    let isPlace = tag.isSpan || tag.kind == .sentinel || tag.start <= rotor && rotor <= tag.end
    precondition(isPlace && tag.kind != .unused, "\(name): the rotor, \(rotor), is not in its tag")
  }

  private func checkSpans(_ seen: Seen) {
    var spans: [Range<Int>] = []
    forEachSpan { spans.append($0) }
    spans.sort { $0.lowerBound < $1.lowerBound }
    precondition(spans.count == seen.spans, "\(name): the list of spans is broken")
    for (span, next) in zip(spans, spans.dropFirst()) {
      precondition(span.upperBound <= next.lowerBound, "\(name): \(span) overlaps \(next)")
    }
  }
}
