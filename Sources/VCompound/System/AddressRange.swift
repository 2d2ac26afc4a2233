// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A range of address space, by its lowest address and its length.
///
/// All zeroes: none.
package struct AddressRange: BitwiseCopyable, Hashable, Sendable {
  /// The lowest address.
  package var address: UInt
  /// The length, whole pages.
  package var byteCount: ByteCount

  /// Names a range.
  package init(address: UInt, byteCount: ByteCount) {
    self.address = address
    self.byteCount = byteCount
  }

  /// The range of some pages, by their numbers (address / page size).
  package init(pages: Range<Int>) {
    address = UInt(bitPattern: pages.lowerBound) << UInt(PageCount.pageShift)
    byteCount = PageCount(pages.count).byteCount
  }

  /// The address behind the last one.
  package var end: UInt { address + UInt(bitPattern: byteCount.rawValue) }
}

/// A few address ranges in memory of their own, in no order: adding and removing asks malloc for
/// nothing.
struct RangeTable: ~Copyable {
  private var ranges: ZeroedTable<AddressRange>
  private(set) var count = 0

  /// Makes an empty table.
  ///
  /// - Parameter capacity: the most ranges; those beyond are not noted.
  init(capacity: Int) {
    do throws(CompoundError) {
      ranges = try ZeroedTable(count: capacity, system: OperatingSystem())
    } catch {
      stop("there is no memory for the first table: \(error)")
    }
  }

  subscript(index: Int) -> AddressRange { ranges[index] }

  /// Adds a range.
  ///
  /// - Returns: whether there was room.
  @discardableResult
  mutating func append(_ range: AddressRange) -> Bool {
    guard count < ranges.count else { return false }
    ranges[count] = range
    count += 1
    return true
  }

  /// Removes the range at an index; the last one takes its place.
  mutating func remove(at index: Int) {
    count -= 1
    ranges[index] = ranges[count]
  }

  /// Removes all ranges.
  mutating func removeAll() { count = 0 }
}
