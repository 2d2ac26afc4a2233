// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

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
    case .outOfMemory(let asked, let free, let largestRun, .residency):
      "no resident memory: asked for \(asked), free \(free), longest run \(largestRun), "
        + "and the request may not have more of it made resident"
    case .mappingBudget(let needed, let available, let limit):
      "mapping budget: stitching needs \(needed) mappings, \(available) of \(limit) are left; "
        + "raise AllocatorConfiguration.mappingLimit and vm.max_map_count, or free stitched blocks"
    case .invalidSize(let size, let capacity):
      "invalid size: \(size); a size is 1 ... \(capacity.rawValue) bytes here"
    case .sizeOverflow(let count, let stride):
      "size overflow: \(count) elements of \(stride) are more bytes than an integer holds"
    case .invalidAlignment(let alignment):
      "invalid alignment: \(alignment); an alignment is a power of two up to 1 GiB"
    case .foreignSlots:
      "foreign slots: the array of page slots was made for another allocator; make one for this"
    case .invalidPoolLimit(let limit, let value):
      "invalid pool limit: \(limit.rawValue) is \(value); it is 1 ... \(PoolLimit.maximum)"
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

extension CompoundError {
  /// Whether the kernel or the budget had no mapping left.
  ///
  /// Memory in one piece needs none.
  var isShortageOfMappings: Bool {
    switch self {
    case .mappingBudget, .systemCall(_, errno: ENOMEM): true
    default: false
    }
  }
}
