// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Whether this build looks for mistakes of its users: debug builds, and those with internal
/// checks.
///
/// A checked build draws redzones, poisons freed memory, takes windows down at once so that a late
/// user faults, and stops the program when an allocator goes while pointer blocks are still out.
/// Mistakes that cost nothing to find stop every build; the documentation lists them ("Contracts").
package enum CheckedBuild {
  #if DEBUG || VCOMPOUND_INTERNAL_CHECKS
    /// Whether the checks are on.
    package static let isOn = true
  #else
    /// Whether the checks are on.
    package static let isOn = false
  #endif

  /// The byte that freed memory is filled with.
  package static let poison: UInt8 = 0xDB
}
