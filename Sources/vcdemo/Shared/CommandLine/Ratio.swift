// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A decimal number kept exactly, so that 1.10 of 10 pages are 11 and not 12.
package struct Ratio: Hashable, Sendable, CustomStringConvertible {
  /// The millionths of one.
  package static let one = 1_000_000

  /// The number in millionths.
  package let millionths: Int

  /// Makes a ratio of so many millionths.
  package init(millionths: Int) {
    self.millionths = millionths
  }

  /// Reads `1`, `1.2`, `.5` or `0.975`: at most six digits behind the point, no sign.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      parts.contains(where: { !$0.isEmpty })
    else { return nil }
    let fraction = parts.count == 2 ? parts[1] : ""
    guard fraction.count <= 6, let whole = Int("0" + parts[0]), whole <= Ratio.one else {
      return nil
    }
    let padded = fraction + String(repeating: "0", count: 6 - fraction.count)
    guard let rest = Int(padded) else { return nil }
    millionths = whole * Ratio.one + rest
  }

  /// This ratio of `count`, rounded up; nil where that is more than an `Int` holds.
  package func roundedUp(of count: Int) -> Int? {
    let product = count.multipliedFullWidth(by: millionths)
    // What is over this does not fit into the quotient.
    guard product.high < Ratio.one / 2 else { return nil }
    let (quotient, remainder) = Ratio.one.dividingFullWidth(product)
    return remainder > 0 ? quotient + 1 : quotient
  }

  /// This ratio, which is at most 1, of `count`, rounded down.
  package func roundedDown(of count: Int) -> Int {
    let product = count.multipliedFullWidth(by: millionths)
    return Ratio.one.dividingFullWidth(product).quotient
  }

  /// At least two digits behind the point: `1.20`, `0.975`.
  package var description: String {
    var fraction = String(Ratio.one + millionths % Ratio.one).dropFirst()
    while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
    return "\(millionths / Ratio.one).\(fraction)"
  }
}
