// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Numbers as people read them, in columns. The standard library formats none.

extension ByteCount {
  /// The count in MiB with one decimal: `12.5 MiB`.
  package var inMebibytes: String { "\(oneDecimal(Double(rawValue) / 0x1p20)) MiB" }

  /// The share of another count in per cent with one decimal: `12.5 %`; of nothing, `-`.
  package func percentage(of whole: ByteCount) -> String {
    whole == 0 ? "-" : inPercent(Double(rawValue) / Double(whole.rawValue))
  }
}

/// A share in per cent with one decimal: `12.5 %`.
package func inPercent(_ share: Double) -> String { "\(oneDecimal(share * 100)) %" }

private func oneDecimal(_ number: Double) -> String {
  let tenths = Int((number * 10).rounded())
  return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
}

extension String {
  /// The text with spaces behind it, up to a width.
  package func left(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// The text with spaces before it, up to a width.
  package func right(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}
