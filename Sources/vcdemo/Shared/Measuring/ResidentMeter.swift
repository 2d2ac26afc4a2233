// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Measures how much memory a replay makes resident at its peak.
///
/// VCompound counts the resident chunks of its memfd itself; what it needs beside them is the
/// growth of anonymous memory. For the others everything is anonymous, and the kernel knows the
/// peak: its mark of the highest resident set is set back at the start, and the growth of file
/// pages, which is code read in, is left out. Where the kernel does not let us set the mark back,
/// the growth at the end of the loop must do, which misses a peak before it. Page tables count by
/// their growth in any case.
///
/// What is resident at the start, just before the allocator is opened, is left out for all alike;
/// the trace and the harness, which are in mappings of their own, are part of it.
struct ResidentMeter {
  private let start: ProcessMemory.Status
  private var hasPeak: Bool

  /// Starts the measurement.
  init() {
    ProcessMemory.trimHeap()
    hasPeak = ProcessMemory.resetResidentPeak()
    start = ProcessMemory.status()
  }

  /// Forgets the peak so far, as another regime begins; the start stays what it was.
  mutating func beginRegime() {
    hasPeak = ProcessMemory.resetResidentPeak() && hasPeak
  }

  /// The bytes that are resident now beyond those at the start.
  ///
  /// - Parameter counted: what is resident of memory that is not anonymous.
  /// - Returns: bytes.
  func current(counted: Int?) -> Int {
    let now = ProcessMemory.status()
    return (counted ?? 0) + max(0, now.anonymous - start.anonymous)
      + max(0, now.pageTables - start.pageTables)
  }

  /// The peak of resident bytes since the start, or since the regime began.
  ///
  /// - Parameter counted: what the allocator itself counted of memory that is not anonymous.
  /// - Returns: bytes.
  func peak(counted: Int?) -> Int {
    let now = ProcessMemory.status()
    let growth = max(0, now.anonymous - start.anonymous)
    let tables = max(0, now.pageTables - start.pageTables)
    if let counted { return counted + growth + tables }
    guard hasPeak else { return growth + tables }
    let fileGrowth = max(0, now.file - start.file)
    return max(growth, now.residentPeak - start.resident - fileGrowth) + tables
  }
}
