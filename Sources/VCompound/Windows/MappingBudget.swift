// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How many mappings windows may use: a share of the kernel's limit for the process, which a
/// library must not use up.
///
/// At the limit a program can neither map memory nor start threads, and even some calls that would
/// lower the number fail.
///
/// Every allocator has a budget of its own, by default a quarter of `vm.max_map_count`; all
/// allocators of a process together stay under three quarters. The count is an upper bound:
/// neighbouring windows can share mappings. Not thread-safe but for the process's total, which
/// begins at zero in a child of fork.
package struct MappingBudget: ~Copyable, Sendable {
  /// The most mappings this allocator may have.
  package let limit: Int

  /// The mappings it has, those of windows awaiting teardown included.
  package private(set) var used = 0

  /// The most it ever had.
  package private(set) var peak = 0

  private let processLimit: Int

  /// Makes a budget.
  ///
  /// - Parameters:
  ///   - limit: the most mappings, or nil for a share of the kernel's limit.
  ///   - maximumMapCount: the kernel's limit.
  ///   - mayForce: whether blocks are stitched that need not be: then the share is a half.
  package init(limit: Int?, maximumMapCount: Int, mayForce: Bool = false) {
    self.limit = limit ?? maximumMapCount / (mayForce ? 2 : 4)
    processLimit = max(maximumMapCount / 4 * 3, self.limit)
  }

  /// The mappings that can still be had.
  package var available: Int {
    let total = ProcessState.mappingsInUse.load(ordering: .relaxed)
    return max(0, min(limit - used, processLimit - total))
  }

  /// Sets mappings aside.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - spared: mappings that must be left.
  /// - Returns: whether there were as many; else nothing changes.
  package mutating func reserve(_ count: Int, sparing spared: Int = 0) -> Bool {
    guard used + count + spared <= limit else { return false }
    let total = ProcessState.mappingsInUse.add(count, ordering: .relaxed).newValue
    guard total + spared <= processLimit else {
      ProcessState.mappingsInUse.subtract(count, ordering: .relaxed)
      return false
    }
    used += count
    peak = max(peak, used)
    return true
  }

  /// Gives mappings back.
  package mutating func release(_ count: Int) {
    precondition(count <= used, "more mappings given back than taken")
    used -= count
    ProcessState.mappingsInUse.subtract(count, ordering: .relaxed)
  }

  deinit {
    ProcessState.mappingsInUse.subtract(used, ordering: .relaxed)
  }
}
