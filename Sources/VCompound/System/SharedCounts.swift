// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A fixed number of atomic counters, all zero at first, that cost memory only where touched.
///
/// Invariant: the mapping holds `count` counters; all zeroes are a valid one.
@safe
struct SharedCounts: ~Copyable, @unchecked Sendable {
  private let mapping: Mapping
  private let base: UnsafeMutablePointer<Atomic<UInt32>>
  private let count: Int

  /// Maps the counters.
  init(count: Int, system: OperatingSystem) throws(CompoundError) {
    let pages = PageCount(covering: ByteCount(count * MemoryLayout<Atomic<UInt32>>.stride))
    let address = try system.mapTable(byteCount: pages.byteCount)
    mapping = Mapping(adopting: address, byteCount: pages.byteCount, system: system)
    guard let base = unsafe UnsafeMutablePointer<Atomic<UInt32>>(bitPattern: address) else {
      stop("the kernel mapped a table at address 0")
    }
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The counter at an index in 0 ..< count, which is seen with all that was written before it was
  /// last lowered.
  @inline(__always)
  func load(_ index: Int) -> UInt32 {
    assert(0 <= index && index < count, "counter out of range")
    return unsafe base[index].load(ordering: .acquiring)
  }

  /// Sets a counter that no other thread uses.
  @inline(__always)
  func store(_ value: UInt32, at index: Int) {
    assert(0 <= index && index < count, "counter out of range")
    unsafe base[index].store(value, ordering: .releasing)
  }

  /// Raises a counter.
  @inline(__always)
  func raise(_ index: Int) {
    assert(0 <= index && index < count, "counter out of range")
    unsafe base[index].add(1, ordering: .relaxed)
  }

  /// Lowers a counter.
  ///
  /// - Returns: its new value.
  @inline(__always)
  func lower(_ index: Int, by amount: UInt32 = 1) -> UInt32 {
    assert(0 <= index && index < count, "counter out of range")
    return unsafe base[index].subtract(amount, ordering: .acquiringAndReleasing).newValue
  }

  /// Replaces one value by another, in one step.
  ///
  /// - Returns: whether it was there.
  func exchange(_ index: Int, _ expected: UInt32, for value: UInt32) -> Bool {
    assert(0 <= index && index < count, "counter out of range")
    return unsafe base[index].compareExchange(
      expected: expected, desired: value, ordering: .acquiringAndReleasing
    ).exchanged
  }
}
