// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Whether there are tags for a span that one range fills.
  ///
  /// Without them no span needs to be asked for.
  var canImport: Bool { tags.room >= 2 }

  /// Adds a span that the source gave, and takes the range for a request from it.
  ///
  /// - Returns: the range; nil where the span has no room, or too few tags are left. Nothing has
  ///   changed then, and the caller gives the span back.
  mutating func add(_ span: Range<Int>, for request: Request, _ policy: Policy) -> Allocation? {
    shape.check(span)
    if CheckedBuild.isOn, let other = self.span(overlapping: span) {
      stop("\(name): the source gave \(span), which overlaps the span \(other)")
    }
    guard let start = request.place(in: span),
      2 + tagsToSplit(span, at: start, request.size) <= tags.room
    else { return nil }
    let segment = insertSpan(.importedSpan, span)
    return take(Place(segment: segment, start: start), request, policy)
  }

  /// Takes an imported span out of the arena if none of it is in use any more.
  ///
  /// - Returns: the span, which goes back to the source.
  /// - Complexity: O(1), if the quantum caches hold none of it.
  @inline(__always)
  mutating func removeIfUnused(_ span: BoundaryTag.Index) -> Range<Int>? {
    guard tags[span].busyCount == 0, tags[span].kind == .importedSpan else { return nil }
    return remove(span)
  }

  private mutating func remove(_ span: BoundaryTag.Index) -> Range<Int> {
    if caches.count > 0 { mergeCached(of: span) }
    let (range, segment) = (tags[span].range, tags[span].next)
    freeLists.remove(segment, &tags)
    removeTag(segment)
    removeTag(span)
    importedSize -= range.count
    return range
  }

  /// The imported span behind another one in the list of spans, or behind none the first one.
  ///
  /// - Returns: its tag, or none; and its numbers.
  func importedSpan(
    after index: BoundaryTag.Index
  ) -> (index: BoundaryTag.Index, range: Range<Int>) {
    var index = tags[index].listNext
    while tags[index].kind == .staticSpan { index = tags[index].listNext }
    return (index, tags[index].range)
  }
}
