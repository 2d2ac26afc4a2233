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
  /// All are zero where the file cannot be read. No malloc is asked for memory: a block of ours at
  /// the end of a heap would keep a malloc from giving memory back.
  package static func status() -> Status {
    guard let bytes = try? InputFile.table(at: "/proc/self/status") else { return Status() }
    return parse(bytes.span)
  }

  /// Finds the counters in the text of a status file.
  package static func parse(_ bytes: Span<UInt8>) -> Status {
    var status = Status()
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      read(bytes.extracting(start..<end), into: &status)
      start = end + 1
    }
    return status
  }

  /// Takes a line such as `VmRSS:     1234 kB`.
  private static func read(_ line: Span<UInt8>, into status: inout Status) {
    if let bytes = value("RssAnon:", line) { status.anonymous = bytes }
    if let bytes = value("RssFile:", line) { status.file = bytes }
    if let bytes = value("VmPTE:", line) { status.pageTables = bytes }
    if let bytes = value("VmRSS:", line) { status.resident = bytes }
    if let bytes = value("VmHWM:", line) { status.residentPeak = bytes }
  }

  /// The bytes that a line tells, if it begins with a name and goes on with a number of kibibytes.
  private static func value(_ name: StaticString, _ line: Span<UInt8>) -> Int? {
    let length = name.utf8CodeUnitCount
    guard line.count > length else { return nil }
    for index in 0..<length where unsafe line[index] != name.utf8Start[index] { return nil }
    var index = length
    while index < line.count, line[index] == UInt8(ascii: " ") || line[index] == UInt8(ascii: "\t")
    {
      index += 1
    }
    let digits = index
    var kibibytes = 0
    while index < line.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[index]) {
      let (product, tooLarge) = kibibytes.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(Int(line[index] - UInt8(ascii: "0")))
      guard !tooLarge, !carries, sum <= Int.max >> 10 else { return nil }
      kibibytes = sum
      index += 1
    }
    guard index > digits, index + 3 == line.count else { return nil }
    return kibibytes << 10
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
