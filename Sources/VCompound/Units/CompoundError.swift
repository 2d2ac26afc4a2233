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
  }

  /// The ceilings of a page pool.
  public enum PoolLimit: String, Hashable, Sendable {
    /// The most pages.
    case out
    /// The most pages that are kept.
    case kept
  }

  /// Fewer free frames than asked for, or none in one piece where one piece was demanded.
  ///
  /// - Parameters:
  ///   - asked: the pages of the request.
  ///   - free: the free frames of the arena, resident or not.
  ///   - largestRun: the longest run among them.
  ///   - limit: the ceiling that was met.
  case outOfMemory(asked: PageCount, free: PageCount, largestRun: PageCount, limit: Limit)

  /// Stitching would need more mappings than the budget has left.
  ///
  /// Raise `Configuration.mappingLimit` (and `vm.max_map_count`), or free stitched blocks.
  case mappingBudget(needed: Int, available: Int, limit: Int)

  /// A size that is zero, negative, or more than the arena could ever hold.
  case invalidSize(ByteCount, capacity: ByteCount)

  /// An alignment that is not a power of two, or over `CompoundAllocator.maximumAlignment`.
  case invalidAlignment(ByteCount)

  /// An array of page slots that was made for another allocator.
  case foreignSlots

  /// A page pool cannot be opened with this limit.
  ///
  /// - Parameters:
  ///   - limit: which one, as it is spelled in ``PagePool/Limits``.
  ///   - value: what it was set to.
  case invalidPoolLimit(PoolLimit, value: Int)

  /// A page pool has handed out as many pages as it may.
  ///
  /// - Parameter limit: how many those are.
  case poolExhausted(limit: Int)

  /// A fragment that is larger than the pages of its pool.
  case fragmentTooLarge(ByteCount, page: ByteCount)

  /// The kernel's page size is not the 4,096 bytes that this library is built for.
  case unsupportedPageSize(ByteCount)

  /// The process is a child of `fork`: it must not use the allocator of its parent.
  case usedAfterFork

  /// The operating system refused a call.
  case systemCall(SystemCall, errno: Int32)
}

extension CompoundError: CustomStringConvertible {
  /// One line that says what went wrong and, where something helps, what to do.
  public var description: String {
    switch self {
    case .outOfMemory(let asked, let free, let largestRun, .capacity):
      "out of memory: asked for \(asked), free \(free), longest run \(largestRun): "
        + "the arena's capacity is reached"
    case .outOfMemory(let asked, let free, let largestRun, .contiguity):
      "no contiguous run: asked for \(asked), free \(free), longest run \(largestRun), "
        + "and the fallback policy is 'never'"
    case .mappingBudget(let needed, let available, let limit):
      "mapping budget: stitching needs \(needed) mappings, \(available) of \(limit) are left; "
        + "raise Configuration.mappingLimit and vm.max_map_count, or free stitched blocks"
    case .invalidSize(let size, let capacity):
      "invalid size: \(size); a size is 1 ... \(capacity.rawValue) bytes here"
    case .invalidAlignment(let alignment):
      "invalid alignment: \(alignment); an alignment is a power of two up to 1 GiB"
    case .foreignSlots:
      "foreign slots: the array of page slots was made for another allocator; make one for this"
    case .invalidPoolLimit(let limit, let value):
      "invalid pool limit: \(limit.rawValue) is \(value); it is 1 ... \(PagePool.Limits.maximum)"
    case .poolExhausted(let limit):
      "pool exhausted: all \(limit) pages are out; put some back, or raise PagePool.Limits.out"
    case .fragmentTooLarge(let size, let page):
      "fragment too large: \(size), and a page of this pool has \(page)"
    case .unsupportedPageSize(let size):
      "unsupported page size: the kernel's pages have \(size), this library needs 4096"
    case .usedAfterFork:
      "used after fork: a child process must open an allocator of its own"
    case .systemCall(let call, let code):
      "\(call.rawValue) failed: \(describe(errno: code))"
    }
  }
}
