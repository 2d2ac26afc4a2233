// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An arena of numbers: hands out ranges of them, and takes them back.
///
/// Bonwick, J., and Adams, J.: Magazines and Vmem, USENIX 2001. The constraints, the policies'
/// order and the check of the size are NetBSD's (`subr_vmem.c`), the rotor is illumos'.
///
/// *Spans* of numbers are added by the caller. A span is divided into *segments*, free or busy;
/// free ones never touch. Every span and every segment has a *boundary tag*, and the tags are in
/// up to three structures:
///
///     segment list     span 0..<100 | busy 0..<30 | free 30..<100 | span 500..<600 | ...
///     free lists       by size, powers of two: where a request finds room
///     busy table       by first number: where a range that comes back finds its tag
///
/// So allocation and free look at a few tags whatever the size of the arena: a free segment is
/// split where a range is taken from it, and a range that is given back merges with its
/// neighbours in the segment list. Quantum caches are in front of all that, where they are on.
///
/// Spans may also be *imported* from a source. An arena never calls its source: it says what to
/// ask for, takes the span in, and says which span must go back. `ImportingVmem` makes those
/// calls, with its lock dropped.
///
/// Nothing hides from a request: what the quantum caches hold is merged before a request is
/// refused. Nor does it from the source: a span goes back with the last busy range in it, whatever
/// caches hold of it.
///
/// All tags and tables are mapped when the arena is made, and cost memory only where they are
/// used. Nothing else asks for memory, so that an arena can serve an allocator. A request that
/// needs more tags than there are is refused.
///
/// Resource-neutral: the caller knows what the numbers mean, and what it takes to have more of
/// them. Numbers are at least 0 and below 2^62. Not thread-safe.
package struct Vmem: ~Copyable {
  /// Which free segment serves a request.
  package enum Policy: Sendable, CaseIterable {
    /// One that is large enough for certain, found in constant time; if there is none, the best
    /// fit.
    case instantFit
    /// The smallest that fits; of these the youngest.
    case bestFit
    /// The next one behind the range that was taken last by this policy, around the end.
    ///
    /// A range that was given back is therefore not used again before all the rest of the arena
    /// was tried. Ranges in quantum caches are left there.
    case nextFit
  }

  /// A range that was allocated.
  package struct Allocation: Sendable, Equatable {
    /// The numbers.
    package let range: Range<Int>

    /// The number of its segment, at least 1 and below the limit on segments.
    ///
    /// It stays the same until the range is freed, and no other allocated range has it.
    package let index: UInt32
  }

  /// All the numbers there are.
  package static let allNumbers = 0..<1 << 62

  /// What never changes.
  let shape: Shape

  var tags: TagTable
  var freeLists: FreeLists
  var busy: BusyTable
  var caches: QuantumCaches

  /// Where the next search by next fit begins, and the segment it lies in or at the end of; or a
  /// span's tag, where it begins behind that.
  var rotor = 0
  var rotorTag = BoundaryTag.none

  /// The numbers in all spans.
  package internal(set) var importedSize = 0

  /// The numbers allocated.
  package internal(set) var allocatedSize = 0

  /// Makes an arena without any numbers.
  ///
  /// - Parameters:
  ///   - name: what it is called in messages.
  ///   - quantum: a power of two; sizes are rounded up to it, and spans must begin and end at
  ///     multiples of it.
  ///   - cachedSizes: how many sizes have a quantum cache, at most 64: those of 1, 2, ... quanta.
  ///   - smallestImport: what is asked of a source at least, if there is as much to be had.
  ///   - segmentLimit: one more than the most tags there may be at one time: one a span, and one a
  ///     segment, free or busy.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`, where a table cannot be mapped.
  package init(
    name: String, quantum: Int = 1, cachedSizes: Int = 0, smallestImport: Int = 1,
    segmentLimit: Int, system: OperatingSystem
  ) throws(CompoundError) {
    guard quantum > 0, quantum & (quantum - 1) == 0, smallestImport > 0,
      0...QuantumCaches.mostSizes ~= cachedSizes, 1...Int(UInt32.max) ~= segmentLimit
    else {
      stop("\(name): no arena with quantum \(quantum), \(cachedSizes) caches, \(segmentLimit) tags")
    }
    let tags = try TagTable(limit: segmentLimit, system: system)
    let busy = try BusyTable(limit: segmentLimit, system: system)
    shape = Shape(
      name: name, quantum: quantum, smallestImport: (smallestImport + quantum - 1) & -quantum)
    self.tags = tags
    self.busy = busy
    freeLists = FreeLists(shift: quantum.trailingZeroBitCount)
    caches = QuantumCaches(sizes: cachedSizes, shift: quantum.trailingZeroBitCount)
  }

  /// What the arena is called in messages.
  var name: String { shape.name }

  /// What all sizes are multiples of, a power of two.
  var quantum: Int { shape.quantum }
}
