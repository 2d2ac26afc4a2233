// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One thing that the program can do.
package struct Verb: Sendable {
  /// The word that calls it.
  package let name: String

  /// What it does, in half a line.
  package let summary: String

  /// Its help, examples first.
  package let help: String

  /// Does it.
  package let run: @Sendable (inout Arguments) throws -> ExitStatus
}
