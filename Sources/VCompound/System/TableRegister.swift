// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which tables of metadata a heap has: what the kernel is asked about when their memory is counted.
package final class TableRegister: Sendable {
  private let ranges = Lock(RangeTable(capacity: 1 << 16))

  /// Makes a register without tables.
  package init() {}

  func add(_ range: AddressRange) {
    ranges.withLock { _ = $0.append(range) }
  }

  /// Forgets a table, if it is one.
  func remove(_ range: AddressRange) {
    ranges.withLock { ranges in
      var index = 0
      while index < ranges.count, ranges[index] != range { index += 1 }
      if index < ranges.count { ranges.remove(at: index) }
    }
  }

  /// The memory that the tables use.
  ///
  /// - Throws: `systemCall`.
  /// - Complexity: O(address space of the tables).
  package func residentByteCount(system: OperatingSystem) throws(CompoundError) -> ByteCount {
    // No table goes while it is looked at.
    try ranges.withLock { (ranges: inout RangeTable) throws(CompoundError) in
      var pages = 0
      for index in 0..<ranges.count { pages += try system.residentPages(of: ranges[index]) }
      return PageCount(pages).byteCount
    }
  }
}
