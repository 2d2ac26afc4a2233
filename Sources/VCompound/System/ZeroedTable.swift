// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A fixed number of trivial records, all zero at first, that cost memory only where touched.
///
/// The metadata of an arena of 1 TiB is some hundred megabytes of address space and a few pages
/// of memory. It lies apart from what it describes, so a write past a buffer's end cannot reach
/// it.
///
/// Invariants: the mapping holds `count` elements; all zeroes are a valid element; elements
/// never need destruction (`BitwiseCopyable`). An index out of range stops debug builds.
@safe
package struct ZeroedTable<Element: BitwiseCopyable>: ~Copyable {
  private let mapping: Mapping
  let base: UnsafeMutablePointer<Element>

  /// How many elements there are.
  package let count: Int

  /// Maps a table.
  ///
  /// - Parameters:
  ///   - count: the elements, at least 1.
  ///   - system: where to map it.
  /// - Throws: `systemCall`.
  package init(count: Int, system: OperatingSystem) throws(CompoundError) {
    let pages = PageCount(covering: ByteCount(count * MemoryLayout<Element>.stride))
    let address = try system.mapTable(byteCount: pages.byteCount)
    mapping = Mapping(adopting: address, byteCount: pages.byteCount, system: system)
    guard let base = unsafe UnsafeMutablePointer<Element>(bitPattern: address) else {
      stop("the kernel mapped a table at address 0")
    }
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The element at an index in 0 ..< count.
  ///
  /// Changing one is `mutating`, although the memory is elsewhere: the law of exclusivity then
  /// guards the elements too.
  @inline(__always)
  package subscript(index: Int) -> Element {
    unsafeAddress {
      assert(0 <= index && index < count, "table index out of range")
      return unsafe UnsafePointer(base + index)
    }
    unsafeMutableAddress {
      assert(0 <= index && index < count, "table index out of range")
      return unsafe base + index
    }
  }
}
