// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Numbers as people read them: IEC units, thousands apart, one digit behind the point.
package enum Format {
  /// A size: `4 KiB`, `120.4 MiB`.
  ///
  /// Whole numbers of a unit are written without a fraction.
  package static func size(_ bytes: Int) -> String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 0
    while unit + 1 < units.count, bytes >> (10 * (unit + 1)) > 0 { unit += 1 }
    let scale = 1 << (10 * unit)
    if bytes == 1 { return "1 byte" }
    if bytes % scale == 0 { return "\(count(bytes / scale)) \(units[unit])" }
    return "\(decimal(Double(bytes) / Double(scale), digits: 1)) \(units[unit])"
  }

  /// A count: `12,943`.
  package static func count(_ number: Int) -> String {
    var groups: [String] = []
    var rest = number.magnitude
    while rest >= 1000 {
      groups.append(String(String(1000 + rest % 1000).dropFirst()))
      rest /= 1000
    }
    groups.append(String(rest))
    return (number < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }

  /// A count and its noun: `1 run`, `4,093 runs`.
  package static func count(_ number: Int, _ noun: String) -> String {
    number == 1 ? "1 \(noun)" : "\(count(number)) \(noun)s"
  }

  /// A number with so many digits behind the point, rounded half away from zero.
  package static func decimal(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value.magnitude < 1e15 else { return "\(value)" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value.magnitude * Double(scale)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + count(scaled) }
    return sign + count(scaled / scale) + "." + String(scale + scaled % scale).dropFirst()
  }

  /// A share in percent: `99.7 %`.
  ///
  /// Less than all is never rounded up to 100, nor more than nothing down to 0.
  package static func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "-" }
    let percent = Double(part) * 100 / Double(whole)
    if part < whole, percent >= 99.95 { return "99.9 %" }
    if part > 0, percent < 0.05 { return "< 0.1 %" }
    return decimal(percent, digits: 1) + " %"
  }

  /// A text of somebody else's as a terminal may have it: control characters but line feeds are
  /// question marks.
  package static func printable(_ text: String) -> String {
    func isControl(_ scalar: Unicode.Scalar) -> Bool {
      scalar != "\n" && scalar.properties.generalCategory == .control
    }
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "?" : $0 }))
  }

  /// A time span: `812 ns`, `1.3 ms`.
  package static func duration(nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<1e3: decimal(nanoseconds, digits: 0) + " ns"
    case ..<1e6: decimal(nanoseconds / 1e3, digits: 1) + " µs"
    case ..<1e9: decimal(nanoseconds / 1e6, digits: 1) + " ms"
    default: decimal(nanoseconds / 1e9, digits: 2) + " s"
    }
  }
}
