// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A view of numbers that one thread writes and others may read meanwhile.
///
/// Loads and stores of single numbers are atomic, and not ordered: what orders them is the reader's
/// affair. They cost what plain ones do.
///
/// The table outlives the view, which its users see to.
@safe
struct SharedNumbers: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Atomic<UInt32>>
  private let count: Int

  /// Views the numbers of a table.
  @unsafe
  init(base: UnsafeMutablePointer<Atomic<UInt32>>, count: Int) {
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The number at an index in 0 ..< count.
  @inline(__always)
  func load(_ index: Int) -> UInt32 {
    assert(0 <= index && index < count, "number out of range")
    return unsafe base[index].load(ordering: .relaxed)
  }

  /// Replaces the number at an index in 0 ..< count.
  @inline(__always)
  func store(_ value: UInt32, at index: Int) {
    assert(0 <= index && index < count, "number out of range")
    unsafe base[index].store(value, ordering: .relaxed)
  }
}

/// A fixed number of words, all zero at first, that any thread reads and writes, each in one piece.
///
/// Loads and stores are atomic, and not ordered. The words cost memory only where touched.
///
/// Invariant: the mapping holds `count` words; all zeroes are a valid one.
@safe
struct SharedWords: ~Copyable, @unchecked Sendable {
  private let mapping: Mapping
  private let base: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int

  /// Maps the words.
  ///
  /// - Throws: `systemCall`.
  init(count: Int, system: OperatingSystem) throws(CompoundError) {
    let pages = PageCount(covering: ByteCount(count * MemoryLayout<Atomic<UInt64>>.stride))
    let address = try system.mapTable(byteCount: pages.byteCount)
    mapping = Mapping(adopting: address, byteCount: pages.byteCount, system: system)
    guard let base = unsafe UnsafeMutablePointer<Atomic<UInt64>>(bitPattern: address) else {
      stop("the kernel mapped a table at address 0")
    }
    unsafe self.base = unsafe base
    self.count = count
  }

  /// The word at an index in 0 ..< count.
  @inline(__always)
  func load(_ index: Int) -> UInt64 {
    assert(0 <= index && index < count, "word out of range")
    return unsafe base[index].load(ordering: .relaxed)
  }

  /// Replaces the word at an index in 0 ..< count.
  @inline(__always)
  func store(_ value: UInt64, at index: Int) {
    assert(0 <= index && index < count, "word out of range")
    unsafe base[index].store(value, ordering: .relaxed)
  }
}
