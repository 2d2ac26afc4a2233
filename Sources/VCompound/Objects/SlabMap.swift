// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which slab a frame belongs to, if any: the one load between an address and its size class.
///
/// An entry for every frame: the size class plus one, how many frames into the slab it is, and how
/// many the slab has. All zeroes: no slab. Entries change under the ledger's lock, when a slab
/// comes or goes; the holder of an object may read those of its slab without.
struct SlabMap: ~Copyable, @unchecked Sendable {
  /// What is known of a frame.
  struct Entry: BitwiseCopyable, Equatable {
    fileprivate let bits: UInt16

    fileprivate init(bits: UInt16) { self.bits = bits }

    /// Whether the frame belongs to a slab.
    @inline(__always)
    var isSlab: Bool { bits != 0 }

    /// The size class of its objects; only if it is one.
    @inline(__always)
    var kind: Int { Int(bits & 0xFF) &- 1 }

    /// How many frames lie between the first one of the slab and this one.
    var pagesBefore: PageCount { PageCount(Int(bits >> 8 & 0xF)) }

    /// How many frames the slab has.
    var pageCount: PageCount { PageCount(Int(bits >> 12) + 1) }
  }

  private let entries: ZeroedTable<UInt16>

  /// Makes a map without slabs.
  init(pageCount: PageCount, system: OperatingSystem) throws(CompoundError) {
    entries = try ZeroedTable(count: pageCount.rawValue, system: system)
  }

  /// What is known of a frame.
  @inline(__always)
  func entry(_ frame: PageFrame) -> Entry { Entry(bits: entries.load(frame.rawValue)) }

  /// Enters a slab.
  func insert(_ run: FrameRun, kind: Int) {
    precondition(run.pageCount <= 16)
    let slab = (run.pageCount.rawValue - 1) << 12 | kind + 1
    for page in 0..<run.pageCount.rawValue {
      entries.store(UInt16(slab | page << 8), at: run.first.rawValue + page)
    }
  }

  /// Takes a slab out.
  func remove(_ run: FrameRun) {
    for page in 0..<run.pageCount.rawValue { entries.store(0, at: run.first.rawValue + page) }
  }
}
