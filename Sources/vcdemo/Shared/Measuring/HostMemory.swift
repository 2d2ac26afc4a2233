// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Memory of the host behind that of a virtual machine.
///
/// Where the host has not backed a page, its first touch takes milliseconds, whoever is measured
/// then. Memory that was in use once is backed, and the kernel gives out first what was freed last.
package enum HostMemory {
  /// The bytes that a measurement may need: two and a half times the peak, as much as the mallocs
  /// that need most.
  package static func need(forPeak byteCount: Int) -> Int {
    let (bytes, overflow) = byteCount.multipliedReportingOverflow(by: 5)
    return overflow ? Int.max : bytes / 2
  }

  /// The bytes that may be touched without pushing others out: at most seven eighths of what can
  /// be had, in whole pages; none where that is unknown.
  package static func bounded(_ byteCount: Int, by memory: MachineMemory) -> Int {
    guard let least = [memory.available, memory.groupLeft].compactMap(\.self).min() else {
      return 0
    }
    return min(byteCount, least / 8 * 7) / LivePeak.pageSize * LivePeak.pageSize
  }

  /// Touches every page of so much memory, all of it at once, and releases it.
  ///
  /// - Parameters:
  ///   - byteCount: the bytes; fewer are touched where so many cannot be had.
  ///   - memory: the memory that can be had.
  /// - Returns: the bytes that were touched.
  @discardableResult
  package static func back(_ byteCount: Int, memory: MachineMemory = MachineMemory()) -> Int {
    let bytes = bounded(byteCount, by: memory)
    guard bytes > 0,
      let start = unsafe mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      unsafe start != MAP_FAILED
    else { return 0 }
    defer { unsafe munmap(start, bytes) }
    // Huge pages are where arenas and some mallocs look first; without them small ones do.
    _ = unsafe madvise(start, bytes, MADV_HUGEPAGE)
    // A page that is only read has no memory of its own.
    for offset in stride(from: 0, to: bytes, by: LivePeak.pageSize) {
      unsafe start.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
    return bytes
  }
}
