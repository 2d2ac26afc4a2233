// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The words behind a verb, taken one by one.
///
/// A verb asks for what it knows, in any order, and calls ``finish()``, which refuses what nobody
/// asked for:
///
///     let json = try arguments.flag("--json")
///     let seed = try arguments.value("--seed", Values.seed) ?? 1
///     let file = try arguments.operand("TRACE")
///     try arguments.finish()
///
/// Options and operands may be mixed; `--name=value` and `--name value` mean the same; behind
/// `--` everything is an operand. Ask for all the options before the first operand.
package struct Arguments: Sendable {
  private let verb: String
  private var words: [String]
  private var operands: [String] = []
  private var known: [String] = []

  /// Holds `words`, which belong to `verb`.
  package init(_ words: [String], verb: String) {
    self.verb = verb
    if let end = words.firstIndex(of: "--") {
      self.words = Array(words[..<end])
      operands = Array(words[(end + 1)...])
    } else {
      self.words = words
    }
  }

  /// Whether help is asked for, which comes before every complaint.
  package var asksForHelp: Bool { words.contains { $0 == "--help" || $0 == "-h" } }

  /// Takes an option without a value.
  package mutating func flag(_ name: String) throws(CommandFailure) -> Bool {
    known.append(name)
    if words.contains(where: { $0.hasPrefix(name + "=") }) {
      throw failure("\(name) takes no value")
    }
    let count = words.count
    words.removeAll { $0 == name }
    guard count - words.count < 2 else { throw failure("\(name) is given twice") }
    return words.count < count
  }

  /// Takes an option with a value.
  ///
  /// - Parameters:
  ///   - name: the option, with its dashes.
  ///   - kind: how values of it are read.
  /// - Returns: the value, or nil where the option is not given.
  /// - Throws: a failure that says what the option expects.
  package mutating func value<Value>(
    _ name: String, _ kind: ValueKind<Value>
  ) throws(CommandFailure) -> Value? {
    let values = try values(name, kind)
    guard values.count < 2 else { throw failure("\(name) is given twice") }
    return values.first
  }

  /// Takes an option with a value that may be given several times.
  ///
  /// - Parameters:
  ///   - name: the option, with its dashes.
  ///   - kind: how values of it are read.
  /// - Returns: the values; none where the option is not given.
  /// - Throws: a failure that says what the option expects.
  package mutating func values<Value>(
    _ name: String, _ kind: ValueKind<Value>
  ) throws(CommandFailure) -> [Value] {
    known.append(name)
    var values: [Value] = []
    while let text = try takeText(name, expects: kind.expects) {
      guard let value = kind.parse(text) else {
        throw failure("\(name) expects \(kind.expects), not '\(text)'")
      }
      values.append(value)
    }
    return values
  }

  /// Takes the next operand.
  ///
  /// - Parameter name: what the help calls it, such as `TRACE`.
  /// - Returns: the operand.
  /// - Throws: a failure where there is none, or where an option stands in its place.
  package mutating func operand(_ name: String) throws(CommandFailure) -> String {
    try refuseUnknownOptions()
    if !words.isEmpty { return words.removeFirst() }
    if !operands.isEmpty { return operands.removeFirst() }
    throw failure("\(name) is missing")
  }

  /// Takes the next operand, or nil where there is none.
  ///
  /// - Throws: a failure where an option stands in its place.
  package mutating func optionalOperand() throws(CommandFailure) -> String? {
    try refuseUnknownOptions()
    return words.isEmpty && operands.isEmpty ? nil : try operand("")
  }

  /// Takes all the operands that are left, at least one.
  ///
  /// - Parameter name: what the help calls each of them.
  /// - Returns: the operands, in order.
  /// - Throws: a failure where there is none, or where an option stands in its place.
  package mutating func operands(_ name: String) throws(CommandFailure) -> [String] {
    var all = [try operand(name)]
    while !words.isEmpty || !operands.isEmpty { all.append(try operand(name)) }
    return all
  }

  /// Refuses whatever is left.
  package func finish() throws(CommandFailure) {
    try refuseUnknownOptions()
    if let extra = words.first ?? operands.first {
      throw failure("unexpected '\(extra)'")
    }
  }

  /// A failure of this verb's command line that names the way to its help.
  package func failure(_ message: String) -> CommandFailure {
    .usage("\(verb): \(message); see '\(Program.name) \(verb) --help'")
  }

  private mutating func takeText(
    _ name: String, expects: String
  ) throws(CommandFailure) -> String? {
    if let index = words.firstIndex(where: { $0.hasPrefix(name + "=") }) {
      return String(words.remove(at: index).dropFirst(name.count + 1))
    }
    guard let index = words.firstIndex(of: name) else { return nil }
    guard index + 1 < words.count else { throw failure("\(name) expects \(expects)") }
    let text = words[index + 1]
    words.removeSubrange(index...(index + 1))
    return text
  }

  private func refuseUnknownOptions() throws(CommandFailure) {
    guard let word = words.first(where: { $0.hasPrefix("-") && $0 != "-" }) else { return }
    let name = word.split(separator: "=").first.map(String.init) ?? word
    if let near = Spelling.nearest(to: name, among: known) {
      throw failure("unknown option '\(name)': did you mean '\(near)'?")
    }
    throw failure("unknown option '\(name)'")
  }
}
