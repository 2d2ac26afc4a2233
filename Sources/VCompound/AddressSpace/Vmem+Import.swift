// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Has the source find room.
  ///
  /// Two questions at most. First for plenty: a span in which the request has room wherever it
  /// begins, for a source that knows nothing of constraints. Then for as little as possible: the
  /// range itself, constraints and all.
  ///
  /// - Returns: a free segment, which is filed, and where the range begins in it; or nil.
  mutating func importSpan(for request: Request) -> Place? {
    guard let source else { return nil }
    if let certain = request.certainSize {
      let bounds = Constraints(bounds: request.constraints.bounds)
      let plenty = Request(max(certain, smallestImport), bounds, quantum: quantum)
      if let place = importSpan(plenty, for: request, from: source) { return place }
      if request.isPlain, plenty.size == request.size { return nil }
    }
    return importSpan(request, for: request, from: source)
  }

  private mutating func importSpan(
    _ asked: Request, for request: Request, from source: Source
  ) -> Place? {
    guard let span = source.importSpan(asked) else { return nil }
    check(span)
    if CheckedBuild.isOn, let other = tags.firstSpan(where: { $0.range.overlaps(span) }) {
      stop("\(name): the source gave \(span), which overlaps the span \(tags[other].range)")
    }
    guard let start = request.place(in: span) else {
      source.release(span)
      return nil
    }
    let segment = insertSpan(.importedSpan, span)
    freeLists.insert(segment, &tags)
    return Place(segment: segment, start: start)
  }

  /// Gives an imported span back if none of it is in use any more.
  ///
  /// - Complexity: O(1), if the quantum caches hold none of it.
  @inline(__always)
  mutating func releaseIfUnused(_ span: BoundaryTag.Index) {
    if tags[span].busyCount == 0, tags[span].kind == .importedSpan { release(span) }
  }

  private mutating func release(_ span: BoundaryTag.Index) {
    if caches.count > 0 { mergeCached(of: span) }
    let (range, segment) = (tags[span].range, tags[span].next)
    freeLists.remove(segment, &tags)
    removeTag(segment)
    removeTag(span)
    importedSize -= range.count
    source?.release(range)
  }
}
