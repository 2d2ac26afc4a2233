// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// An allocator that traces can be replayed on.
///
/// A refused request is an answer, not an error: the replay counts it and goes on.
package protocol ReplayBackend: ~Copyable {
  /// A block of `byteCount` bytes, or nil where it is refused.
  mutating func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer?

  /// The block, grown or shrunk, with its contents, or nil where that is refused; the old block
  /// is then untouched.
  mutating func reallocate(
    _ block: UnsafeMutableRawPointer, from oldByteCount: Int, to byteCount: Int
  ) -> UnsafeMutableRawPointer?

  /// Takes a block back.
  mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int)

  /// What the allocator counted, where it counts at all.
  var counters: BackendCounters? { get }

  /// What its arena is used for; nil where it cannot tell.
  func map(pagesPerCell: PageCount) -> ArenaMap?

  /// The words for the first refusal, where there was one and the allocator gave a reason.
  var firstRefusal: String? { get }
}

extension ReplayBackend where Self: ~Copyable {
  package var counters: BackendCounters? { nil }
  package var firstRefusal: String? { nil }
  package func map(pagesPerCell: PageCount) -> ArenaMap? { nil }
}

/// What an allocator that stitches counts.
package struct BackendCounters: Equatable, Sendable {
  /// The requests that one run of frames served.
  package var contiguous: Int
  /// Those of them that scattered memory was exchanged for.
  package var exchanged: Int
  /// The requests that were stitched.
  package var stitched: Int
  /// The runs in all the stitched blocks.
  package var runs: Int
  /// The most mappings at one moment.
  package var mappingsPeak: Int
  /// The most resident memory of the arena at one moment, in bytes.
  package var peakResident: Int
  /// The resident memory of the arena now, as the kernel counts it.
  package var resident: Int

  /// What was counted since an earlier count; peaks are those of all time, what is resident is so
  /// now.
  package func since(_ earlier: BackendCounters) -> BackendCounters {
    BackendCounters(
      contiguous: contiguous - earlier.contiguous, exchanged: exchanged - earlier.exchanged,
      stitched: stitched - earlier.stitched, runs: runs - earlier.runs,
      mappingsPeak: mappingsPeak, peakResident: peakResident, resident: resident)
  }
}

/// The allocators to choose from.
package enum BackendKind: String, CaseIterable, Sendable {
  /// VCompound.
  case compound
  /// A classic buddy: aligned power-of-two blocks, no stitching.
  case buddy
  /// The malloc of this process.
  case malloc

  /// Whether the allocator works within a capacity that it is given.
  package var hasCapacity: Bool { self != .malloc }
}
