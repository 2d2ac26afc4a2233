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

extension Program {
  /// The word that calls it, and with which its messages begin.
  package static let name = "vcdemo"

  /// What it does without a word: the first verb.
  static let wordsForNone: [String] = []

  /// Whether a word that is no verb is an operand of the first verb.
  static let takesOperands = false

  /// The beginning of its help.
  static let introduction = """
    Shows what the VCompound page allocator does with fragmented memory.

    Examples:
      vcdemo                          how much of fragmented free memory is usable
      vcdemo --size 1GiB --seed 7     the same in a larger arena, fragmented differently
      vcdemo run --beside buddy       watch an arena beside a classic buddy's
      vcdemo replay Tests/Traces/numpy.trace --budget 1.00 --verify
      vcdemo replay Tests/Traces/numpy.trace --backend malloc --json
      vcdemo record -o my.trace -- PROGRAM     the allocations of any program
    """
}

extension Verb {
  /// All the verbs, in the order in which the help lists them.
  ///
  /// The first one is what the program does when no verb is given.
  package static let all: [Verb] = [.fragment, .run, .replay, .compare, .record, .attach]
}
