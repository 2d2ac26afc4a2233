// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Why a request was refused.
///
/// A refused request leaves nothing behind.
public enum CompoundError: Error, Hashable, Sendable {
  /// The ceilings that a request can meet.
  public enum Limit: String, Hashable, Sendable {
    /// The arena has fewer free frames than were asked for.
    case capacity
    /// There are enough free frames, but the fallback policy forbids to stitch them and no run
    /// of them is long enough.
    case contiguity
    /// There are enough free frames, but not enough with memory, in runs that would do, and the
    /// request may not have any made resident (``RequestPolicy/usesResidentMemoryOnly``).
    case residency
    /// A ``CompoundRegion`` has as many pages as its limit allows, or too few of them are left.
    case region
  }

  /// Fewer free frames than asked for, or none in one piece where one piece was demanded.
  ///
  /// - Parameters:
  ///   - asked: the pages of the request.
  ///   - free: the free frames of the arena, resident or not.
  ///   - largestRun: the longest run among them.
  ///   - limit: the ceiling that was met.
  case outOfMemory(asked: PageCount, free: PageCount, largestRun: PageCount, limit: Limit)

  /// Stitching would need more mappings than the budget has left, no run is long enough, and
  /// nothing can be exchanged for one.
  ///
  /// Raise `AllocatorConfiguration.mappingLimit` (and `vm.max_map_count`), or free stitched blocks.
  case mappingBudget(needed: Int, available: Int, limit: Int)

  /// A size that is zero, negative, or more than the arena could ever hold.
  case invalidSize(ByteCount, capacity: ByteCount)

  /// So many elements have more bytes than an integer holds.
  ///
  /// - Parameters:
  ///   - count: the elements.
  ///   - stride: the bytes from one to the next.
  case sizeOverflow(count: Int, stride: ByteCount)

  /// An alignment that is not a power of two, or over `CompoundAllocator.maximumAlignment`.
  case invalidAlignment(ByteCount)

  /// The kernel's page size is not the 4,096 bytes that this library is built for.
  case unsupportedPageSize(ByteCount)

  /// The process is a child of `fork`: it must not use the allocator of its parent.
  case usedAfterFork

  /// The operating system refused a call.
  case systemCall(SystemCallKind, errno: Int32)
}
