// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An arena of numbers: hands out ranges of them, and takes them back.
///
/// Bonwick, J., and Adams, J.: Magazines and Vmem, USENIX 2001. The constraints, the policies'
/// order and the check of the size are NetBSD's (`subr_vmem.c`), the rotor is illumos'.
///
/// *Spans* of numbers are added by the caller, or imported from a source when a request finds no
/// room. A span is divided into *segments*, free or busy; free ones never touch. Every span and
/// every segment has a *boundary tag*, and the tags are in up to three structures:
///
///     segment list     span 0..<100 | busy 0..<30 | free 30..<100 | span 500..<600 | ...
///     free lists       by size, powers of two: where a request finds room
///     busy table       by first number: where a range that comes back finds its tag
///
/// So allocation and free look at a few tags whatever the size of the arena: a free segment is
/// split where a range is taken from it, and a range that is given back merges with its
/// neighbours in the segment list. Quantum caches are in front of all that, where they are on.
///
/// Nothing hides from a request: what the quantum caches hold is merged before more is imported,
/// and before anybody is refused. Nor does it from the source: a span goes back with the last
/// busy range in it, whatever caches hold of it.
///
/// Resource-neutral: what the numbers mean, and what it takes to have more of them, is the
/// caller's business. Numbers are at least 0 and below 2^62. Not thread-safe.
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

  /// Where an arena has its numbers from when it has none left: functions of another arena, or
  /// of whoever owns the resource.
  ///
  /// They must not touch the arena that calls them.
  package struct Source: Sendable {
    /// Returns a span in which the request has room, or nil.
    let importSpan: @Sendable (Request) -> Range<Int>?

    /// Takes back a span, or the part of one that is left when a range was surrendered.
    let release: @Sendable (Range<Int>) -> Void

    /// Makes a source.
    package init(
      importSpan: @escaping @Sendable (Request) -> Range<Int>?,
      release: @escaping @Sendable (Range<Int>) -> Void
    ) {
      self.importSpan = importSpan
      self.release = release
    }
  }

  /// All the numbers there are.
  package static let allNumbers = 0..<1 << 62

  /// What the arena is called in messages.
  package let name: String

  /// What all sizes are multiples of, a power of two.
  package let quantum: Int

  let source: Source?

  /// What is asked of the source at least.
  let smallestImport: Int

  var tags = TagTable()
  var freeLists: FreeLists
  var busy = BusyTable()
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
  ///   - cachedSizes: how many sizes have a quantum cache: those of 1, 2, ... quanta.
  ///   - source: where it imports spans from.
  ///   - smallestImport: what it asks of the source at least, if there is as much to be had.
  package init(
    name: String, quantum: Int = 1, cachedSizes: Int = 0, source: Source? = nil,
    smallestImport: Int = 1
  ) {
    guard quantum > 0, quantum & (quantum - 1) == 0, cachedSizes >= 0, smallestImport > 0 else {
      stop("\(name): no arena with quantum \(quantum), \(cachedSizes) caches")
    }
    self.name = name
    self.quantum = quantum
    self.source = source
    self.smallestImport = (smallestImport + quantum - 1) & -quantum
    freeLists = FreeLists(shift: quantum.trailingZeroBitCount)
    caches = QuantumCaches(sizes: cachedSizes, shift: quantum.trailingZeroBitCount)
  }

  // What was allocated from an arena ends with it: all that was imported goes back.
  deinit {
    guard let source else { return }
    var index = tags[BoundaryTag.none].listNext
    while index != BoundaryTag.none {
      if tags[index].kind == .importedSpan { source.release(tags[index].range) }
      index = tags[index].listNext
    }
  }
}
