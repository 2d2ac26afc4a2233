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
        + "the arena's capacity is reached; free blocks, wait (waiting:), add a reclaimer, or raise "
        + "it"
    case .outOfMemory(let asked, let free, let largestRun, .contiguity):
      "no contiguous run: asked for \(asked), free \(free), longest run \(largestRun), "
        + "and the fallback policy is 'never'; allow to stitch (.whenNeeded), or free neighbours"
    case .outOfMemory(let asked, let free, let largestRun, .residency):
      "no resident memory: asked for \(asked), free \(free), longest run \(largestRun), "
        + "and the request may not have more of it made resident; allow that in its RequestPolicy"
    case .outOfMemory(let asked, let free, _, .region):
      "region exhausted: asked for \(asked), \(free) are left of its limit; empty the region, or "
        + "raise its limit"
    case .mappingBudget(let needed, let available, let limit):
      "mapping budget: stitching needs \(needed) mappings, \(available) of \(limit) are left; "
        + "raise AllocatorConfiguration.mappingLimit and vm.max_map_count, or free stitched blocks"
    case .invalidSize(let size, let capacity):
      "invalid size: \(size); a size is 1 ... \(capacity.rawValue) bytes here"
    case .sizeOverflow(let count, let stride):
      "size overflow: \(count) elements of \(stride) are more bytes than an integer holds; "
        + "ask for fewer"
    case .invalidAlignment(let alignment):
      "invalid alignment: \(alignment); an alignment is a power of two up to 1 GiB"
    case .unsupportedPageSize(let size):
      "unsupported page size: the kernel's pages have \(size), this library needs 4096; use a kernel "
        + "with such pages"
    case .usedAfterFork:
      "used after fork: a child process must open an allocator of its own"
    case .systemCall(let call, let code):
      "\(call.rawValue) failed: \(describe(errno: code))\(Self.advice(errno: code))"
    }
  }

  /// What to do about a failed call, where that is known.
  private static func advice(errno code: Int32) -> String {
    switch code {
    case ENOMEM:
      "; free memory or mappings, or raise the limit of the process (ulimit -v), of the cgroup, or "
        + "vm.max_map_count"
    case EMFILE, ENFILE: "; close files, or raise their limit (ulimit -n)"
    case EAGAIN: "; end threads, or raise their limit (ulimit -u, pids.max)"
    case ENOSYS, EPERM: "; the kernel or a sandbox does not allow it"
    default: ""
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
