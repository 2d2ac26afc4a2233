// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Text in lines for a terminal of 80 columns.
enum Paragraph {
  private static let width = 79

  /// The lines.
  ///
  /// - Parameters:
  ///   - text: words; spaces divide them.
  ///   - first: what the first line begins with.
  ///   - later: what the others begin with.
  /// - Returns: the lines, the last one without its end.
  static func wrapped(_ text: String, first: String = "", later: String = "") -> String {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append((lines.isEmpty ? first : later) + word)
      }
    }
    return lines.joined(separator: "\n")
  }
}
