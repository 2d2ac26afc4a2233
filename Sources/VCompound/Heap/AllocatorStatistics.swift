// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an allocator has and has done, at one moment.
///
/// The ledger adds up: `capacity = live + free`, and `free` is `freeResident` plus what has no
/// memory behind it; allocations less frees are the live blocks.
///
/// It prints itself on several lines, and is `Codable`: counts of bytes and pages as plain numbers.
public struct AllocatorStatistics: Hashable, Sendable, Codable {
  /// The arena's size: the ceiling on everything.
  public internal(set) var capacity: ByteCount = 0
  /// In use by blocks and by the slabs of small ones, whole pages.
  public internal(set) var live: ByteCount = 0
  /// Free, with memory behind it or without.
  public internal(set) var free: ByteCount = 0
  /// Free, with memory behind it.
  public internal(set) var freeResident: ByteCount = 0
  /// The frames of chunks without memory, in pages: where exchange makes runs of.
  ///
  /// An arena has several times as many frames as its capacity. Blocks that live long in chunks
  /// that are otherwise empty use them up; where few are left, scattered memory is stitched.
  public internal(set) var freshFrames: PageCount = 0
  /// Free, and kept by threads for their next requests; part of `freeResident`.
  public internal(set) var cached: ByteCount = 0
  /// Memory that the arena holds.
  public internal(set) var resident: ByteCount = 0
  /// The most it ever held.
  public internal(set) var peakResident: ByteCount = 0

  /// Slabs of small blocks, in use or not; part of `live`.
  public internal(set) var slabs: ByteCount = 0
  /// The blocks in slabs that are out, each with the size of its class; part of `slabs`.
  public internal(set) var liveObjectBytes: ByteCount = 0

  /// The pages of stitched blocks that are out; part of `live`.
  public internal(set) var stitched: ByteCount = 0
  /// The bytes that were asked for with these blocks.
  ///
  /// Of other blocks the sum is not kept: it would be work in every request.
  public internal(set) var stitchedAsked: ByteCount = 0

  /// Blocks in slabs that are out; part of `liveBlocks`.
  public internal(set) var liveObjects = 0
  /// Blocks that are out.
  public internal(set) var liveBlocks = 0
  /// Blocks served by one run, those moved by a resize included.
  public internal(set) var contiguousAllocations = 0
  /// Blocks served by stitching, those moved by a resize included.
  public internal(set) var stitchedAllocations = 0
  /// The mappings that those were stitched from, all together.
  public internal(set) var stitchedRuns = 0
  /// Blocks served by one run that scattered memory was exchanged for; part of
  /// `contiguousAllocations`.
  public internal(set) var exchangedAllocations = 0
  /// Blocks given back, those moved by a resize included.
  public internal(set) var frees = 0
  /// Blocks that the policy would have stitched by force, and that were served without force
  /// because mappings were used up.
  public internal(set) var unforcedAllocations = 0
  /// Requests refused, by reason and by size; those with an invalid size left out.
  public internal(set) var refusals = RefusalCounts()
  /// Requests refused, all together.
  public var failures: Int { refusals.total }

  /// How scattered the free memory is for the requests that come: the share of the last ones, some
  /// hundred, that were stitched, from 0 to 1.
  ///
  /// Of requests for more than one page that no magazine served; a bulk request counts once for
  /// each run that it took. Blocks that the policy stitches by force count as well. An exponential
  /// mean: each new request counts a sixty-fourth.
  public internal(set) var pressure = 0.0

  /// Mappings set aside for windows, those awaiting teardown included.
  public internal(set) var mappings = 0
  /// The most there ever were.
  public internal(set) var mappingsPeak = 0
  /// The most there may be.
  public internal(set) var mappingLimit = 0
  /// Windows in use.
  public internal(set) var liveWindows = 0
  /// Windows awaiting teardown.
  ///
  /// They hold no frames.
  public internal(set) var retiredWindows = 0

  /// Those of an arena in which nothing has happened.
  package init(capacity: ByteCount = 0) { self.capacity = capacity }
}
