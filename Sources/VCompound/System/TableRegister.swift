// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which tables of metadata a heap has: what the kernel is asked about when their memory is
/// counted.
///
/// The register's own lock is taken only by who holds the lock of the process, which is held over
/// fork: a child finds both free.
package final class TableRegister: Sendable {
  private let ranges = Lock(RangeTable(capacity: 1 << 16))

  /// Makes a register without tables.
  package init() {}

  func add(_ range: AddressRange) {
    ProcessState.withLock { ranges.withLock { _ = $0.append(range) } }
  }

  /// Forgets a table, if it is one; the lock of the process is held.
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
    var pages = 0
    var index = 0
    while true {
      // No table goes while it is looked at.
      let count = try ProcessState.withLock { () throws(CompoundError) -> Int? in
        guard let range = ranges.withLock({ index < $0.count ? $0[index] : nil }) else {
          return nil
        }
        var count = 0
        try system.forEachResidentPage(of: range) { _ in count += 1 }
        return count
      }
      guard let count else { return PageCount(pages).byteCount }
      pages += count
      index += 1
    }
  }
}
