// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How the values of an option are read, and what to say when they cannot be.
package struct ValueKind<Value: Sendable>: Sendable {
  /// The words for what is expected, such as `a size such as 64KiB`.
  package let expects: String

  /// Reads a value, or gives nil.
  package let parse: @Sendable (String) -> Value?

  /// Makes a kind of value.
  package init(expects: String, parse: @escaping @Sendable (String) -> Value?) {
    self.expects = expects
    self.parse = parse
  }
}

/// The kinds of values that the verbs share.
package enum Values {
  /// A size in bytes: at least 1.
  package static let size = ValueKind(
    expects: "a size such as 4096, 64KiB, 2MiB or 1GiB", parse: parseSize)

  /// A share from 0 to 1.
  package static let share = ValueKind(expects: "a share from 0 to 1") { text in
    Ratio(text).flatMap { $0.millionths <= Ratio.one ? $0 : nil }
  }

  /// A ratio above 0, at most a million.
  package static let ratio = ValueKind(expects: "a ratio above 0 such as 1.20") { text in
    Ratio(text).flatMap { (1...Ratio.one * Ratio.one).contains($0.millionths) ? $0 : nil }
  }

  /// A seed for random numbers, small enough for the numbers of every JSON reader in use.
  package static let seed = ValueKind(expects: "a number from 0 to 9007199254740991") { text in
    isDigits(text) ? UInt64(text).flatMap { $0 < 1 << 53 ? $0 : nil } : nil
  }

  /// A number of times.
  package static let times = ValueKind(expects: "a number from 1 to 1000") { text in
    isDigits(text) ? Int(text).flatMap { (1...1000).contains($0) ? $0 : nil } : nil
  }

  /// A time in seconds, above 0 and at most a limit; the value is in nanoseconds.
  package static func seconds(upTo limit: Int) -> ValueKind<UInt64> {
    ValueKind(expects: "a number of seconds above 0, at most \(limit)") { text in
      guard let seconds = ratio.parse(text), seconds.millionths <= limit * Ratio.one else {
        return nil
      }
      return UInt64(seconds.millionths) * 1000
    }
  }

  /// A time in seconds that may be 0, at most a limit; the value is in nanoseconds.
  package static func pause(upTo limit: Int) -> ValueKind<UInt64> {
    ValueKind(expects: "a number of seconds, at most \(limit)") { text in
      guard let seconds = Ratio(text), (0...limit * Ratio.one).contains(seconds.millionths) else {
        return nil
      }
      return UInt64(seconds.millionths) * 1000
    }
  }

  /// The name of a file.
  package static let file = ValueKind<String>(expects: "the name of a file") { text in
    text.isEmpty ? nil : text
  }

  /// One of the cases of an enumeration, by name.
  package static func choice<Choice>(_ type: Choice.Type) -> ValueKind<Choice>
  where Choice: CaseIterable & RawRepresentable & Sendable, Choice.RawValue == String {
    choice(of: Array(type.allCases))
  }

  /// One of some choices by its name.
  package static func choice<Choice>(of choices: [Choice]) -> ValueKind<Choice>
  where Choice: RawRepresentable & Sendable, Choice.RawValue == String {
    let names = choices.map(\.rawValue).joined(separator: ", ")
    return ValueKind(expects: "one of \(names)") { name in
      choices.first { $0.rawValue == name }
    }
  }

  private static let suffixes: [String: Int] = [
    "": 0, "b": 0, "k": 10, "kib": 10, "m": 20, "mib": 20, "g": 30, "gib": 30, "t": 40, "tib": 40,
  ]

  private static func parseSize(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number > 0,
      let shift = suffixes[text[digits.endIndex...].lowercased()]
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    return overflow ? nil : bytes
  }

  private static func isDigits(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
