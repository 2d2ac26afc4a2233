// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Vmem {
  /// A free segment, and where in it a range begins.
  struct Place {
    let segment: BoundaryTag.Index
    let start: Int
  }

  /// Takes a range; nothing is imported.
  ///
  /// - Parameters:
  ///   - size: how many numbers, at least 1; rounded up to the quantum.
  ///   - policy: which free segment serves.
  ///   - constraints: where the range may lie.
  /// - Returns: the range, or nil where no span has room, or too few tags are left.
  /// - Complexity: O(1) by instant fit where a segment is large enough wherever it begins. By next
  ///   fit O(segments passed): O(1) while what is behind the rotor is free. By best fit, and by
  ///   instant fit that fails or has bounds, O(free segments not smaller than the size's power of
  ///   two), mostly those of one list.
  @inline(__always)
  package mutating func allocate(
    _ size: Int, _ policy: Policy = .instantFit, _ constraints: Constraints = .none
  ) -> Range<Int>? {
    shape.request(size, constraints).flatMap { allocate($0, policy)?.range }
  }

  /// Takes a range for a request that was checked.
  @inline(__always)
  mutating func allocate(_ request: Request, _ policy: Policy) -> Allocation? {
    if policy != .nextFit, request.size <= caches.largestSize, request.isPlain {
      let index = caches.pop(request.size, &tags)
      if index != BoundaryTag.none { return reuse(index) }
    }
    if let place = search(request, policy), let found = take(place, request, policy) {
      return found
    }
    // Before the request is refused, what the quantum caches hold is merged; so are its tags.
    guard caches.count > 0 else { return nil }
    reap()
    return search(request, policy).flatMap { take($0, request, policy) }
  }

  /// Allocates a range that was in a quantum cache.
  @inline(__always)
  private mutating func reuse(_ index: BoundaryTag.Index) -> Allocation {
    let tag = tags[index]
    tags[tag.span].busyCount += 1
    allocatedSize += tag.size
    return Allocation(range: tag.range, index: index)
  }

  @inline(__always)
  private func search(_ request: Request, _ policy: Policy) -> Place? {
    switch policy {
    case .instantFit: instantFit(request) ?? bestFit(request)
    case .bestFit: bestFit(request)
    case .nextFit: nextFit(request)
    }
  }

  /// Whether a free segment serves a request, for which tags may be missing.
  func hasPlace(for request: Request, _ policy: Policy) -> Bool {
    search(request, policy) != nil
  }

  // MARK: Policies

  @inline(__always)
  private func instantFit(_ request: Request) -> Place? {
    if request.isPlain {
      return freeLists.instantFit(request.size).map { Place(segment: $0, start: tags[$0].start) }
    }
    guard !request.isBounded, let certain = request.certainSize,
      let index = freeLists.instantFit(certain),
      let start = request.place(in: tags[index].range)
    else { return nil }
    return Place(segment: index, start: start)
  }

  private func bestFit(_ request: Request) -> Place? {
    var list = freeLists.lists.firstOccupied(from: freeLists.list(of: request.size))
    while let current = list {
      if let place = bestFit(request, in: current) { return place }
      list = freeLists.lists.firstOccupied(from: current + 1)
    }
    return nil
  }

  /// The smallest segment of a list that serves; those of higher lists are larger.
  private func bestFit(_ request: Request, in list: Int) -> Place? {
    var best: Place?
    var bestSize = Int.max
    var index = freeLists.lists.first(of: list)
    while index != BoundaryTag.none {
      let tag = tags[index]
      if tag.size < bestSize, let start = request.place(in: tag.range) {
        best = Place(segment: index, start: start)
        bestSize = tag.size
        if bestSize == request.size { break }
      }
      index = tag.listNext
    }
    return best
  }

  /// From the rotor to the end of the last span, then from the start of the first to the rotor.
  private func nextFit(_ request: Request) -> Place? {
    // Most requests that must fail do so here.
    guard freeLists.lists.firstOccupied(from: freeLists.list(of: request.size)) != nil else {
      return nil
    }
    let first = tags[rotorTag]
    if first.kind == .free, let start = request.place(in: max(rotor, first.start)..<first.end) {
      return Place(segment: rotorTag, start: start)
    }
    var index = first.next
    while index != rotorTag {
      let tag = tags[index]
      if tag.kind == .free, let start = request.place(in: tag.range) {
        return Place(segment: index, start: start)
      }
      index = tag.next
    }
    guard first.kind == .free, let start = request.place(in: first.range) else { return nil }
    return Place(segment: rotorTag, start: start)
  }

  // MARK: Splitting

  /// The tags that it takes to split a segment: one for what is left on either side.
  @inline(__always)
  func tagsToSplit(_ segment: Range<Int>, at start: Int, _ size: Int) -> Int {
    (start > segment.lowerBound ? 1 : 0) + (start + size < segment.upperBound ? 1 : 0)
  }

  /// Makes a range of a free segment busy; what is left on either side stays free.
  ///
  /// - Returns: the range, or nil where too few tags are left; nothing has changed then.
  @inline(__always)
  mutating func take(_ place: Place, _ request: Request, _ policy: Policy) -> Allocation? {
    let (index, start, end) = (place.segment, place.start, place.start + request.size)
    let old = tags[index]
    guard tagsToSplit(old.range, at: start, request.size) <= tags.room else { return nil }
    freeLists.remove(index, &tags)
    if start > old.start {
      let left = BoundaryTag(.free, old.start..<start, span: old.span)
      let leftIndex = tags.insert(left, after: old.previous)
      freeLists.insert(leftIndex, &tags)
      if rotorTag == index, rotor <= start { rotorTag = leftIndex }
    }
    if end < old.end {
      let right = BoundaryTag(.free, end..<old.end, span: old.span)
      let rightIndex = tags.insert(right, after: index)
      freeLists.insert(rightIndex, &tags)
      if rotorTag == index, rotor > end { rotorTag = rightIndex }
    }
    tags[index].start = start
    tags[index].size = request.size
    tags[index].kind = .busy
    tags[old.span].busyCount += 1
    busy.insert(index, tags)
    allocatedSize += request.size
    if policy == .nextFit { (rotorTag, rotor) = (index, end) }
    return Allocation(range: start..<end, index: index)
  }
}
