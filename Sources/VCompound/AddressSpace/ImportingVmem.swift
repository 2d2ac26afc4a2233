// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An arena for threads, which imports spans from a source when a request finds no room.
///
/// The lock is held for a search, never while a function of the source runs: the source may make
/// system calls, and may be another importing arena. illumos' `vmem_xalloc` does the same. Between
/// a span's arrival and the first range from it the lock stays held, so that no other thread can
/// use the span up.
///
/// A span on its way from or to the source is in neither for that moment. A request that meets an
/// exhausted source just then can be refused although the span would have served.
///
/// The end of the arena gives all imported spans back, whatever is allocated from them.
package struct ImportingVmem: ~Copyable, Sendable {
  let arena: Lock<Vmem>
  private let shape: Vmem.Shape
  private let source: Vmem.Source

  /// Makes an arena without any numbers.
  ///
  /// - Parameters:
  ///   - name: what it is called in messages.
  ///   - quantum: a power of two; sizes are rounded up to it, and spans must begin and end at
  ///     multiples of it.
  ///   - cachedSizes: how many sizes have a quantum cache, at most 64: those of 1, 2, ... quanta.
  ///   - smallestImport: what is asked of the source at least, if there is as much to be had.
  ///   - segmentLimit: what the numbers of segments are below: one more than the most spans, free
  ///     segments and allocated ranges there may be at one time.
  ///   - source: where spans come from.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`, where a table cannot be mapped.
  package init(
    name: String, quantum: Int = 1, cachedSizes: Int = 0, smallestImport: Int = 1,
    segmentLimit: Int, source: Vmem.Source, system: OperatingSystem
  ) throws(CompoundError) {
    let arena = try Vmem(
      name: name, quantum: quantum, cachedSizes: cachedSizes, smallestImport: smallestImport,
      segmentLimit: segmentLimit, system: system)
    shape = arena.shape
    self.arena = Lock(arena)
    self.source = source
  }

  // MARK: Allocating

  /// Takes a range.
  ///
  /// Where no span has room, the source is asked for plenty, then for the request itself; then the
  /// arena is searched once more, because other threads may have freed or imported meanwhile.
  ///
  /// - Parameters:
  ///   - size: how many numbers, at least 1; rounded up to the quantum.
  ///   - policy: which free segment serves.
  ///   - constraints: where the range may lie.
  /// - Returns: the range and the number of its segment. Nil where no arena could have room, where
  ///   the source gave a span without room, or where the tags are used up.
  /// - Throws: what the source threw when it was asked for the request itself.
  @inline(__always)
  package func allocate(
    _ size: Int, _ policy: Vmem.Policy = .instantFit, _ constraints: Vmem.Constraints = .none
  ) throws(CompoundError) -> Vmem.Allocation? {
    guard let request = shape.request(size, constraints) else { return nil }
    if let found = arena.withLock({ $0.allocate(request, policy) }) { return found }
    return try importRange(request, policy)
  }

  @inline(never)
  private func importRange(
    _ request: Vmem.Request, _ policy: Vmem.Policy
  ) throws(CompoundError) -> Vmem.Allocation? {
    guard arena.withLock({ $0.canImport }) else { return nil }
    if let plenty = shape.plenty(for: request),
      let found = try? importSpan(plenty, for: request, policy)
    {
      return found
    }
    do throws(CompoundError) {
      if let found = try importSpan(request, for: request, policy) { return found }
    } catch {
      if let found = arena.withLock({ $0.allocate(request, policy) }) { return found }
      throw error
    }
    return arena.withLock { $0.allocate(request, policy) }
  }

  /// Asks the source one question, and takes the range from what it gives.
  ///
  /// - Returns: the range; nil where the span did not serve, and went back.
  private func importSpan(
    _ asked: Vmem.Request, for request: Vmem.Request, _ policy: Vmem.Policy
  ) throws(CompoundError) -> Vmem.Allocation? {
    let span = try source.importSpan(asked)
    if let found = arena.withLock({ $0.add(span, for: request, policy) }) { return found }
    source.release(span)
    return nil
  }

  /// Adds numbers that no span holds yet, and that never go to the source.
  ///
  /// - Complexity: O(spans), to see that they are new.
  package func add(_ span: Range<Int>) {
    arena.withLock { $0.add(span) }
  }

  // MARK: Giving back

  /// Gives a range back, exactly as it was allocated.
  ///
  /// With the last range of an imported span, the span goes back to the source.
  ///
  /// - Complexity: as `Vmem.free`.
  @inline(__always)
  package func free(_ range: Range<Int>) {
    release(arena.withLock { $0.free(range) })
  }

  /// Gives a range back by its first number and its size.
  ///
  /// - Parameters:
  ///   - start: its first number.
  ///   - size: what was asked for, or what the quantum made of it.
  package func free(startingAt start: Int, size: Int) {
    release(arena.withLock { $0.free(startingAt: start, size: size) })
  }

  /// Takes ranges that are allocated, one or several side by side, out of the arena for good.
  ///
  /// They never go back to the source. What is left of their span on either side goes on as a span
  /// of its own, or back to the source where none of it is in use.
  ///
  /// - Parameter range: from the first number of the first range to the end of the last.
  /// - Complexity: O(segments of the span behind the range).
  package func surrender(_ range: Range<Int>) {
    let left = arena.withLock { $0.surrender(range) }
    release(left.above)
    release(left.below)
  }

  /// Merges all ranges that the quantum caches hold.
  package func reap() {
    arena.withLock { $0.reap() }
  }

  @inline(__always)
  private func release(_ span: Range<Int>?) {
    if let span { source.release(span) }
  }

  deinit {
    var index = BoundaryTag.none
    while true {
      let (next, span) = arena.withLock { $0.importedSpan(after: index) }
      guard next != BoundaryTag.none else { return }
      source.release(span)
      index = next
    }
  }
}

extension Vmem {
  /// Where an arena has its spans from: functions of another arena, or of the owner of the
  /// resource.
  ///
  /// Several threads may be in them at once. No lock of the arena is held then.
  package struct Source: Sendable {
    /// Returns a span in which the request has room, or throws.
    let importSpan: @Sendable (Request) throws(CompoundError) -> Range<Int>

    /// Takes back a span, or the part of one that is left when a range was surrendered.
    let release: @Sendable (Range<Int>) -> Void

    /// Makes a source.
    package init(
      importSpan: @escaping @Sendable (Request) throws(CompoundError) -> Range<Int>,
      release: @escaping @Sendable (Range<Int>) -> Void
    ) {
      self.importSpan = importSpan
      self.release = release
    }
  }
}
