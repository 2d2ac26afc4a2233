// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A reason to stop with one line on standard error and exit code 2.
package struct CommandFailure: Error, Equatable, Sendable {
  /// The line, without the program's name in front.
  package let message: String

  /// The command line is wrong; the message says what to do about it.
  package static func usage(_ message: String) -> CommandFailure {
    CommandFailure(message: message)
  }

  /// An input is wrong or missing; the message begins with its name.
  package static func input(_ message: String) -> CommandFailure {
    CommandFailure(message: message)
  }
}
