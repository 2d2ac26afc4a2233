// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Adds numbers that no span holds yet, and that never go to the source.
  ///
  /// - Complexity: O(spans), to see that they are new.
  package mutating func add(_ span: Range<Int>) {
    check(span)
    if let other = tags.firstSpan(where: { $0.range.overlaps(span) }) {
      stop("\(name): cannot add \(span), which overlaps the span \(tags[other].range)")
    }
    let segment = insertSpan(.staticSpan, span)
    freeLists.insert(segment, &tags)
  }

  /// Stops the program unless an arena may have these numbers.
  func check(_ span: Range<Int>) {
    guard !span.isEmpty, span.clamped(to: Self.allNumbers) == span,
      (span.lowerBound | span.upperBound) & (quantum - 1) == 0
    else { stop("\(name): cannot add \(span), with quantum \(quantum)") }
  }

  /// Enters the tags of a span behind all others.
  ///
  /// - Returns: its one segment, which is free and not filed.
  mutating func insertSpan(
    _ kind: BoundaryTag.Kind, _ range: Range<Int>
  ) -> BoundaryTag.Index {
    let last = tags[BoundaryTag.none].previous
    let span = tags.insert(BoundaryTag(kind, range), after: last)
    tags.linkSpan(span, after: tags[BoundaryTag.none].listPrevious)
    importedSize += range.count
    return tags.insert(BoundaryTag(.free, range, span: span), after: span)
  }

  /// Takes a segment's or a span's tag, which is in no free list, away.
  ///
  /// The rotor falls back to the tag before it.
  mutating func removeTag(_ index: BoundaryTag.Index) {
    if rotorTag == index {
      rotorTag = tags[index].previous
      rotor = tags[rotorTag].end
    }
    if tags[index].isSpan { tags.unlinkSpan(index) }
    tags.remove(index)
  }
}
