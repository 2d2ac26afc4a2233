// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A JSON document, whose objects keep the order of their keys.
///
/// Own code instead of Foundation's encoder: keys keep their order, nothing is left out where a
/// value is unknown, and the program stays small.
package enum JSONValue: Sendable {
  /// No value: what was asked for makes no sense here.
  case null
  /// True or false.
  case bool(Bool)
  /// A whole number.
  case integer(Int)
  /// A number, written with at most three digits behind the point; null where it is not finite.
  case number(Double)
  /// A text.
  case string(String)
  /// A list.
  case array([JSONValue])
  /// Members, in this order.
  case object([(String, JSONValue)])

  /// A whole number, or null.
  package static func integer(_ value: Int?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }

  /// A number, or null.
  package static func number(_ value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }

  /// The document, indented by two spaces.
  package var text: String { text(depth: 0) }

  private func text(depth: Int) -> String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): "\(value)"
    case .number(let value): value.isFinite ? "\((value * 1000).rounded() / 1000)" : "null"
    case .string(let value): JSONValue.quoted(value)
    case .array(let values):
      JSONValue.block("[", values.map { $0.text(depth: depth + 1) }, "]", depth)
    case .object(let members):
      JSONValue.block(
        "{", members.map { "\(JSONValue.quoted($0)): \($1.text(depth: depth + 1))" }, "}", depth)
    }
  }

  private static func block(
    _ opening: String, _ items: [String], _ closing: String, _ depth: Int
  ) -> String {
    guard !items.isEmpty else { return opening + closing }
    let margin = String(repeating: "  ", count: depth)
    return "\(opening)\n\(margin)  " + items.joined(separator: ",\n\(margin)  ")
      + "\n\(margin)\(closing)"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where scalar.value < 0x20:
        quoted += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
