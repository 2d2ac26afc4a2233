// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Finds the verb and runs it.
///
/// Each executable has a file of its own name beside the room that they share; it says what
/// programs differ in: `Program.name`, `introduction`, `wordsForNone`, `takesOperands`, and
/// `Verb.all`.
package enum Program {
  /// Does what `words`, the command line without the program's name, ask for.
  package static func run(_ words: [String]) -> ExitStatus {
    do {
      return try dispatch(words)
    } catch let failure as CommandFailure {
      complain(failure.message)
    } catch {
      complain("\(error)")
    }
    return .usage
  }

  /// Says something on standard error, behind the program's name.
  package static func complain(_ message: String) {
    StandardError.line("\(name): \(message)")
  }

  private static func dispatch(_ words: [String]) throws -> ExitStatus {
    guard let first = words.first else { return try run(Verb.all[0], wordsForNone) }
    switch first {
    case "help":
      try showHelp(Array(words.dropFirst()))
      return .success
    case "--help", "-h":
      StandardOutput.line(overview)
      return .success
    case "--version":
      StandardOutput.line(Build.summary(of: name))
      return .success
    case _ where first.hasPrefix("-"):
      return try run(Verb.all[0], words)
    case _ where takesOperands && !Verb.all.contains { $0.name == first }:
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
    let lists = "'\(Program.name) help' lists them"
    if let near = Spelling.nearest(to: name, among: Verb.all.map(\.name) + ["help"]) {
      throw .usage("unknown verb '\(name)': did you mean '\(near)'? \(lists)")
    }
    throw .usage("unknown verb '\(name)'; \(lists)")
  }

  private static var overview: String {
    var rows = Verb.all.map { [$0.name, $0.summary] }
    rows.append(["help [VERB]", "show this, or a verb's help"])
    rows.append(["--version", "show the version, and how the program was built"])
    let verbs = TextTable(alignments: [.left, .left], rows: rows).text(indentation: 2)
    return """
      \(introduction)

      Verbs ('\(Verb.all[0].name)' where none is given):
      \(verbs)

      Data goes to standard output, messages to standard error.
      Exit codes: 0 done, 1 an expectation was violated, 2 wrong usage or input, 130 interrupted.
      """
  }
}
