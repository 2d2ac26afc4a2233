// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The program.
@main
package enum VCDemo {
  /// Runs the command line and ends the process.
  package static func main() {
    Signals.install()
    exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}
