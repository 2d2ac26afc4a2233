// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel says of this process, for tests.
enum ProcessMemory {
  /// The text of a file of `/proc/self`.
  static func read(_ name: String) -> String {
    let file = open("/proc/self/\(name)", O_RDONLY)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether something is mapped or reserved at an address.
  static func isMapped(_ address: UInt) -> Bool {
    read("maps").split(separator: "\n").contains { bounds(of: $0)?.contains(address) ?? false }
  }

  /// The kernel's flags of the mapping that an address lies in.
  static func flags(of address: UInt) -> [String] {
    var isInside = false
    for line in read("smaps").split(separator: "\n") {
      if let bounds = bounds(of: line) { isInside = bounds.contains(address) }
      if isInside, line.hasPrefix("VmFlags:") {
        return line.split(separator: " ").dropFirst().map { String($0) }
      }
    }
    return []
  }

  /// The private memory of the process, in bytes.
  static var residentByteCount: Int {
    for line in read("status").split(separator: "\n") where line.hasPrefix("RssAnon:") {
      return (Int(line.filter(\.isNumber)) ?? 0) << 10
    }
    return 0
  }

  private static func bounds(of line: Substring) -> Range<UInt>? {
    let bounds = line.prefix { $0 != " " }.split(separator: "-")
    guard bounds.count == 2, let low = UInt(bounds[0], radix: 16),
      let high = UInt(bounds[1], radix: 16)
    else { return nil }
    return low..<high
  }
}
