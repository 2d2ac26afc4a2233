// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Finds the verb and runs it.
package enum Program {
  /// Does what `words`, the command line without the program's name, ask for.
  package static func run(_ words: [String]) -> ExitStatus {
    do {
      return try dispatch(words)
    } catch let failure as CommandFailure {
      StandardError.line("vcdemo: \(failure.message)")
    } catch {
      StandardError.line("vcdemo: \(error)")
    }
    return .usage
  }

  private static func dispatch(_ words: [String]) throws -> ExitStatus {
    guard let first = words.first else { return try run(Verb.all[0], []) }
    switch first {
    case "help":
      try showHelp(Array(words.dropFirst()))
      return .success
    case "--help", "-h":
      StandardOutput.line(overview)
      return .success
    case _ where first.hasPrefix("-"):
      return try run(Verb.all[0], words)
    default:
      return try run(verb(named: first), Array(words.dropFirst()))
    }
  }

  private static func run(_ verb: Verb, _ words: [String]) throws -> ExitStatus {
    var arguments = Arguments(words, verb: verb.name)
    if arguments.asksForHelp {
      StandardOutput.line(verb.help)
      return .success
    }
    return try verb.run(&arguments)
  }

  private static func showHelp(_ words: [String]) throws(CommandFailure) {
    guard let first = words.first, first != "help" else { return StandardOutput.line(overview) }
    StandardOutput.line(try verb(named: first).help)
  }

  private static func verb(named name: String) throws(CommandFailure) -> Verb {
    if let verb = Verb.all.first(where: { $0.name == name }) { return verb }
    let names = Verb.all.map(\.name) + ["help"]
    if let near = Spelling.nearest(to: name, among: names) {
      throw .usage("unknown verb '\(name)': did you mean '\(near)'? 'vcdemo help' lists them")
    }
    throw .usage("unknown verb '\(name)'; 'vcdemo help' lists them")
  }

  private static var overview: String {
    var rows = Verb.all.map { [$0.name, $0.summary] }
    rows.append(["help [VERB]", "show this, or a verb's help"])
    let verbs = TextTable(alignments: [.left, .left], rows: rows).text(indentation: 2)
    return """
      Shows what the VCompound page allocator does with fragmented memory.

      Examples:
        vcdemo                          how much of fragmented free memory is usable
        vcdemo --size 1GiB --seed 7     the same in a larger arena, fragmented differently
        vcdemo replay Tests/Traces/numpy.trace --budget 1.00 --verify
        vcdemo replay Tests/Traces/numpy.trace --backend malloc --json

      Verbs ('\(Verb.all[0].name)' where none is given):
      \(verbs)

      Data goes to standard output, messages to standard error.
      Exit codes: 0 done, 1 an expectation was violated, 2 wrong usage or input, 130 interrupted.
      """
  }
}
