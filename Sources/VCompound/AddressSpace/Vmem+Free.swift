// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// Gives a range back, exactly as it was allocated.
  ///
  /// - Returns: the imported span that held it, if that was its last allocated range: the arena has
  ///   it no more, and the caller gives it back to the source.
  /// - Complexity: O(1) expected; where the last range of an imported span is freed, O(segments of
  ///   that span) if the quantum caches hold some of it.
  @inline(__always)
  package mutating func free(_ range: Range<Int>) -> Range<Int>? {
    let index = busy.segment(startingAt: range.lowerBound, tags)
    guard tags[index].kind == .busy, tags[index].size == range.count else {
      stopFree(of: range)
    }
    allocatedSize -= range.count
    let span = tags[index].span
    tags[span].busyCount -= 1
    if range.count > caches.largestSize || !caches.push(index, &tags) { _ = merge(index) }
    return removeIfUnused(span)
  }

  /// Gives a range back by its first number and its size.
  ///
  /// - Parameters:
  ///   - start: its first number.
  ///   - size: what was asked for, or what the quantum made of it.
  /// - Returns: an imported span that goes back to the source.
  @inline(__always)
  package mutating func free(startingAt start: Int, size: Int) -> Range<Int>? {
    guard size > 0, size <= Self.allNumbers.upperBound, Self.allNumbers.contains(start) else {
      stop("\(name): cannot free \(size) numbers from \(start)")
    }
    return free(start..<start + (size + quantum - 1) & -quantum)
  }

  /// Makes a busy segment free, and one with its free neighbours.
  ///
  /// - Returns: the free segment.
  @inline(__always)
  private mutating func merge(_ index: BoundaryTag.Index) -> BoundaryTag.Index {
    busy.remove(startingAt: tags[index].start, tags)
    let (previous, next) = (tags[index].previous, tags[index].next)
    var merged = index
    if tags[next].kind == .free {
      freeLists.remove(next, &tags)
      tags[index].size += tags[next].size
      absorb(next, into: index)
    }
    if tags[previous].kind == .free {
      freeLists.remove(previous, &tags)
      tags[previous].size += tags[index].size
      absorb(index, into: previous)
      merged = previous
    }
    tags[merged].kind = .free
    freeLists.insert(merged, &tags)
    return merged
  }

  /// Removes a tag whose numbers another has now; the rotor stays at its number.
  @inline(__always)
  mutating func absorb(_ index: BoundaryTag.Index, into other: BoundaryTag.Index) {
    if rotorTag == index { rotorTag = other }
    tags.remove(index)
  }

  // MARK: Quantum caches

  /// Merges all ranges that the quantum caches hold.
  ///
  /// - Complexity: O(ranges in the caches and sizes that have one).
  package mutating func reap() {
    while caches.count > 0 {
      let index = caches.first()
      caches.remove(index, &tags)
      _ = merge(index)
    }
  }

  /// Merges the ranges of one span that the quantum caches hold.
  mutating func mergeCached(of span: BoundaryTag.Index) {
    var index = tags[span].next
    while tags[index].kind != .sentinel, !tags[index].isSpan {
      if tags[index].kind == .cached {
        caches.remove(index, &tags)
        index = merge(index)
      }
      index = tags[index].next
    }
  }

  // MARK: Mistakes

  @inline(never)
  private func stopFree(of range: Range<Int>) -> Never {
    let index = busy.segment(startingAt: range.lowerBound, tags)
    if tags[index].kind == .busy {
      stop(
        "\(name): \(range.lowerBound) is freed with size \(range.count), but was allocated with "
          + "size \(tags[index].size)")
    }
    stop("\(name): cannot free \(range): \(state(of: range))")
  }

  /// What there is at the start of a range that is not what the caller says.
  ///
  /// - Complexity: O(segments).
  func state(of range: Range<Int>) -> String {
    let number = range.lowerBound
    guard let span = tags.firstSpan(where: { $0.range.contains(number) }) else {
      return "no span holds \(number)"
    }
    let index = segment(containing: number, of: span)
    let segment = tags[index].range
    return tags[index].kind == .busy
      ? "\(segment) is allocated there" : "\(number) is free, was it freed before?"
  }
}
