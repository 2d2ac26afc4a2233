// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Adds numbers that no span holds yet, and that never go to a source.
  ///
  /// Stops the program where there are not two tags for them.
  ///
  /// - Complexity: O(spans), to see that they are new.
  package mutating func add(_ span: Range<Int>) {
    shape.check(span)
    if let other = self.span(overlapping: span) {
      stop("\(name): cannot add \(span), which overlaps the span \(other)")
    }
    _ = insertSpan(.staticSpan, span)
  }

  /// Enters the tags of a span behind all others.
  ///
  /// - Returns: its one segment, which is free.
  mutating func insertSpan(
    _ kind: BoundaryTag.Kind, _ range: Range<Int>
  ) -> BoundaryTag.Index {
    let last = tags[BoundaryTag.none].previous
    let span = tags.insert(BoundaryTag(kind, range), after: last)
    tags.linkSpan(span, after: tags[BoundaryTag.none].listPrevious)
    importedSize += range.count
    let segment = tags.insert(BoundaryTag(.free, range, span: span), after: span)
    freeLists.insert(segment, &tags)
    return segment
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
