// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The program.
@main
package enum VCBench {
  /// Runs the command line and ends the process.
  package static func main() {
    Signals.install()
    exit(Program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }
}

extension Program {
  /// The word that calls it, and with which its messages begin.
  package static let name = "vcbench"

  /// What it does without a word: it says what there is to measure.
  static let wordsForNone = ["--list"]

  /// Whether a word that is no verb is an operand of the first verb: a case.
  static let takesOperands = true

  /// The beginning of its help.
  static let introduction = """
    Measures single operations of the VCompound page allocator, and whole layers of programs on top
    of it, beside others.

    Examples:
      vcbench                         the cases
      vcbench warm stitch             those whose names begin so
      vcbench all --json > all.json   all of them
      vcbench receive                 datagrams into pages
      vcbench read FILE...            files into pages
    """
}

extension Verb {
  /// All the verbs, in the order in which the help lists them.
  ///
  /// The first one is that of words that are no verb.
  package static let all: [Verb] = [.cases, .receive, .read]
}
