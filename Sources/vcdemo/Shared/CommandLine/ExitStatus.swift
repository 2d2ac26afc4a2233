// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How the program ends.
package enum ExitStatus: Int32, Sendable {
  /// Everything asked for was done.
  case success = 0
  /// An expectation was violated: a stamp was damaged, a size could not be served.
  case violated = 1
  /// The command line or an input was wrong.
  case usage = 2
  /// Interrupted from the keyboard: 128 and the number of SIGINT, as shells report it.
  case interrupted = 130
}
