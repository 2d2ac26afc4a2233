// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel says about this process's memory.
package enum ProcessMemory {
  /// The lines of `/proc/self/status` that count resident memory, in bytes.
  package struct Status: Equatable, Sendable {
    /// Anonymous pages.
    package var anonymous = 0
    /// Pages of files: code and the like.
    package var file = 0
    /// Page tables.
    package var pageTables = 0
    /// All of the resident set.
    package var resident = 0
    /// The highest `resident` since it was last reset.
    package var residentPeak = 0

    /// All zero.
    package init() {}
  }

  /// Reads the counters.
  ///
  /// All are zero where the file cannot be read.
  package static func status() -> Status {
    guard let bytes = try? InputFile.bytes(at: "/proc/self/status") else { return Status() }
    return parse(bytes)
  }

  /// Finds the counters in the text of a status file.
  package static func parse(_ bytes: [UInt8]) -> Status {
    var status = Status()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split { $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: " ") }
      guard fields.count == 3, let kibibytes = Int(String(decoding: fields[1], as: UTF8.self))
      else { continue }
      switch String(decoding: fields[0], as: UTF8.self) {
      case "RssAnon:": status.anonymous = kibibytes << 10
      case "RssFile:": status.file = kibibytes << 10
      case "VmPTE:": status.pageTables = kibibytes << 10
      case "VmRSS:": status.resident = kibibytes << 10
      case "VmHWM:": status.residentPeak = kibibytes << 10
      default: break
      }
    }
    return status
  }

  /// Sets the kernel's resident peak back to what is resident now.
  ///
  /// - Returns: whether the kernel let us.
  package static func resetResidentPeak() -> Bool {
    let descriptor = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return unsafe write(descriptor, "5", 1) == 1
  }

  /// Makes the process's malloc give back what it keeps, so that a measurement does not start with
  /// memory in hand.
  ///
  /// Does nothing where the C library has no `malloc_trim`.
  package static func trimHeap() {
    guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
    typealias Trim = @convention(c) (Int) -> Int32
    let trim = unsafe unsafeBitCast(symbol, to: Trim.self)
    _ = trim(0)
  }

  /// The mappings this process may still make: the kernel's limit less those it has.
  package static func mappingsLeft() -> Int? {
    guard let limitText = try? InputFile.bytes(at: "/proc/sys/vm/max_map_count"),
      let maps = try? InputFile.bytes(at: "/proc/self/maps"),
      let limit = Int(String(decoding: limitText.filter { $0 > 0x20 }, as: UTF8.self))
    else { return nil }
    return max(0, limit - maps.count { $0 == UInt8(ascii: "\n") })
  }
}
