// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// How this program was built, which its figures depend on.
package enum Build {
  /// The version, as the changelog's first heading has it.
  package static let version = "unreleased"

  /// The line for `--version`.
  ///
  /// - Parameters:
  ///   - program: the program's name.
  ///   - isForced: whether this build stitches whatever it can.
  /// - Returns: such as `vcdemo of VCompound, 0.1.0; release build`.
  package static func summary(
    of program: String, isForced: Bool = CompoundAllocator.isFallbackAlways
  ) -> String {
    "\(program) of VCompound, \(version); \(isDebug ? "debug" : "release") build"
      + (isForced ? ", FALLBACK_ALWAYS" : "")
  }

  #if DEBUG
    /// Whether this is a debug build.
    static let isDebug = true
  #else
    /// Whether this is a debug build.
    static let isDebug = false
  #endif

  /// The line that tells of a build that stitches whatever it can; none for another build.
  ///
  /// - Parameter isForced: whether this is such a build.
  /// - Returns: one line at most.
  package static func stitching(
    isForced: Bool = CompoundAllocator.isFallbackAlways
  ) -> [String] {
    isForced ? ["Build: FALLBACK_ALWAYS, every block of more than one page is stitched."] : []
  }

  /// The lines for readers of measured times.
  ///
  /// - Parameter isForced: whether this build stitches whatever it can.
  /// - Returns: two lines at most.
  package static func remarks(
    isForced: Bool = CompoundAllocator.isFallbackAlways
  ) -> [String] {
    stitching(isForced: isForced)
      + (isDebug ? ["A DEBUG BUILD: it checks and poisons; its figures mean nothing."] : [])
  }
}
