// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An arena of numbers of yours: hands out ranges of them, and takes them back.
///
/// What the numbers mean is the program's: offsets in a file or on a disk, in a buffer that a
/// device or another process shares, identifiers. The arena never looks at what is there. It is the
/// one that this library has its own addresses from (Bonwick, J., and Adams, J.: Magazines and
/// Vmem, USENIX 2001), under the names of illumos and NetBSD: `vmem_create`, `vmem_alloc`,
/// `vmem_xalloc`, `vmem_free`, `vmem_add`, `vmem_size`, `vmem_walk`. It needs no
/// ``CompoundAllocator``.
///
/// ```swift
/// import VCompound
///
/// var offsets = try VmemArena(name: "offsets", span: 0..<1 << 30, quantum: 4096)
/// let extent = try offsets.allocate(10_000, policy: .bestFit)      // 0..<12288
/// offsets.free(extent)
/// ```
///
/// *Spans* of numbers are added, or imported from a ``Source`` when a request finds no room. Ranges
/// that are given back merge with their free neighbours within a span; spans that touch stay two.
///
/// ## Threads
///
/// The arena is a value with one owner, and can be sent to another thread. It has no lock: threads
/// that share one put it behind theirs.
///
/// ```swift
/// import Synchronization
/// import VCompound
///
/// let identifiers = Mutex(try VmemArena(name: "identifiers", span: 1..<1 << 20))
/// let mine = try identifiers.withLock { try $0.allocate(1, policy: .nextFit) }
/// identifiers.withLock { $0.free(mine) }
/// ```
///
/// ## Memory
///
/// The tables are mapped when the arena is made, and cost memory where they are used: 40 bytes for
/// each span and each range, free or allocated, and 8 to 16 for each that is allocated. Nothing
/// else is asked for, from malloc neither.
///
/// ## Fork
///
/// A child of `fork` has a copy of its own, which it may use and end. What it takes, the parent
/// does not know of; functions of the source run in the child.
///
/// The end of an arena gives all imported spans back, whatever is allocated from them.
public struct VmemArena: ~Copyable, @unchecked Sendable {
  // Sendable, because nothing else has a pointer to the tables, and functions of the source are.

  /// All the numbers that an arena can have: 0 ..< 2^62.
  public static var allNumbers: Range<Int> { Vmem.allNumbers }

  var core: Vmem
  private let source: Source?

  /// Makes an arena, with a span of numbers or none.
  ///
  /// This is `vmem_create`.
  ///
  /// - Parameters:
  ///   - name: what it is called in messages.
  ///   - span: its first numbers; none where ``add(_:)`` or a source will bring them.
  ///   - quantum: a power of two. Sizes are rounded up to it; spans begin and end at multiples of
  ///     it.
  ///   - cachedSizes: how many sizes, of 1, 2, ... quanta, have a quantum cache: 0 ... 64. Up to 16
  ///     ranges of each are kept unmerged, and are had again in a few instructions.
  ///   - segmentLimit: the most spans and ranges, free or allocated, at one time: 2 ... 2^31.
  ///   - source: where more numbers come from.
  ///   - smallestImport: what the source is asked for at least, if it has as much; 1 or more.
  /// - Throws: ``VmemError/invalidSpan(_:quantum:)``, ``VmemError/invalidSetting(_:value:)``, or
  ///   ``VmemError/systemCall(_:errno:)`` where the tables cannot be mapped.
  public init(
    name: String, span: Range<Int>? = nil, quantum: Int = 1, cachedSizes: Int = 0,
    segmentLimit: Int = 1 << 20, source: Source? = nil, smallestImport: Int = 1
  ) throws(VmemError) {
    try self.init(
      name: name, span: span, quantum: quantum, cachedSizes: cachedSizes,
      segmentLimit: segmentLimit, source: source, smallestImport: smallestImport,
      system: OperatingSystem())
  }

  /// As the public one, with the system in which the tables are mapped.
  init(
    name: String, span: Range<Int>? = nil, quantum: Int = 1, cachedSizes: Int = 0,
    segmentLimit: Int = 1 << 20, source: Source? = nil, smallestImport: Int = 1,
    system: OperatingSystem
  ) throws(VmemError) {
    core = try Vmem.checked(
      name: name, span: span, quantum: quantum, cachedSizes: cachedSizes,
      segmentLimit: segmentLimit, smallestImport: smallestImport, system: system)
    self.source = source
  }

  /// What it is called in messages.
  public var name: String { core.name }

  /// What all sizes are multiples of.
  public var quantum: Int { core.quantum }

  /// The most spans and ranges, free or allocated, at one time.
  public var segmentLimit: Int { core.tags.limit }

  // MARK: Allocating

  /// Takes a range of numbers.
  ///
  /// This is `vmem_alloc`, and `vmem_xalloc` where there are constraints. The arena is searched
  /// first; then the source, if there is one, is asked for a span in which the request has room
  /// wherever the span begins, and at last for the request itself. What quantum caches hold is
  /// merged before a request is refused.
  ///
  /// - Parameters:
  ///   - size: how many numbers: 1 or more. It is rounded up to the quantum.
  ///   - policy: which free range serves.
  ///   - constraints: where the range may lie.
  /// - Returns: the range, whose count is the rounded size.
  /// - Throws: ``VmemError/noRoom(asked:free:largestFree:)``,
  ///   ``VmemError/tooManySegments(limit:)``,
  ///   ``VmemError/invalidSize(_:)``, or ``VmemError/invalidConstraint(_:value:)``. Nothing has
  ///   changed then.
  /// - Complexity: O(1) by instant fit where a free range is large enough wherever it begins. By
  ///   next
  ///   fit, O(ranges passed). By best fit, with bounds, and before a refusal, O(free ranges not
  ///   smaller than the size's power of two).
  public mutating func allocate(
    _ size: Int, policy: Policy = .instantFit, constraints: Constraints = Constraints()
  ) throws(VmemError) -> Range<Int> {
    guard size > 0 else { throw .invalidSize(size) }
    try constraints.check(quantum: quantum)
    guard let request = core.shape.request(size, constraints.core) else {
      throw noRoom(for: size)
    }
    if let found = core.allocate(request, policy.core) { return found.range }
    if core.hasPlace(for: request, policy.core) || source != nil && !core.canImport {
      throw .tooManySegments(limit: segmentLimit)
    }
    var hadRoom = false
    if let plenty = core.shape.plenty(for: request),
      let found = importRange(plenty, for: request, policy, &hadRoom)
    {
      return found
    }
    if let found = importRange(request, for: request, policy, &hadRoom) { return found }
    throw hadRoom ? .tooManySegments(limit: segmentLimit) : noRoom(for: request.size)
  }

  /// Asks the source for a span, and takes the range from it.
  ///
  /// `hadRoom` becomes true where the span had room, but the arena no more segments.
  ///
  /// - Returns: the range; nil where there is no source or no span, or where the span did not serve
  ///   and went back.
  private mutating func importRange(
    _ asked: Vmem.Request, for request: Vmem.Request, _ policy: Policy, _ hadRoom: inout Bool
  ) -> Range<Int>? {
    guard let source, let span = source.importSpan(asked.size, Constraints(asked.constraints))
    else { return nil }
    if let found = core.add(span, for: request, policy.core) { return found.range }
    if request.place(in: span) != nil { hadRoom = true }
    source.release(span)
    return nil
  }

  private func noRoom(for size: Int) -> VmemError {
    let statistics = core.statistics
    return .noRoom(asked: size, free: statistics.free, largestFree: statistics.largestFree)
  }

  // MARK: Giving back

  /// Gives a range back, exactly as it was allocated; with the last one of an imported span, the
  /// span goes back to the source.
  ///
  /// This is `vmem_free`. A range that is not allocated, or not as a whole, stops the program, with
  /// a message that names the arena, the range, and what is there.
  ///
  /// - Complexity: O(1) expected; where the last range of an imported span is freed, O(ranges of
  ///   that span) if quantum caches hold some of it.
  public mutating func free(_ range: Range<Int>) {
    if let span = core.free(range) { source?.release(span) }
  }

  /// Gives a range back by its first number and its size, the one that was asked for or the one
  /// that the quantum made of it.
  ///
  /// As ``free(_:)`` otherwise.
  public mutating func free(startingAt start: Int, size: Int) {
    if let span = core.free(startingAt: start, size: size) { source?.release(span) }
  }

  /// Adds numbers that no span of the arena holds yet, and that never go to the source.
  ///
  /// This is `vmem_add`.
  ///
  /// - Throws: ``VmemError/invalidSpan(_:quantum:)``, ``VmemError/overlap(_:span:)``, or
  ///   ``VmemError/tooManySegments(limit:)``. Nothing has changed then.
  /// - Complexity: O(spans), to see that they are new.
  public mutating func add(_ span: Range<Int>) throws(VmemError) {
    try core.addChecked(span)
  }

  /// Merges what quantum caches hold with its free neighbours.
  ///
  /// This is `vmem_qcache_reap`.
  ///
  /// - Complexity: O(ranges in the caches and sizes that have one).
  public mutating func reap() { core.reap() }

  deinit {
    guard let source else { return }
    var index = BoundaryTag.none
    while true {
      let (next, span) = core.importedSpan(after: index)
      guard next != BoundaryTag.none else { return }
      source.release(span)
      index = next
    }
  }
}
