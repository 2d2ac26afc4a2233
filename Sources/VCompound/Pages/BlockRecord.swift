// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension BlockTable {
  /// What is known of the block that begins at a frame.
  ///
  /// All zeroes: no block begins there.
  package struct Record: BitwiseCopyable, Hashable {
    /// From the lowest bit: a window's number, or a contiguous block's byte count; then the flags.
    ///
    /// 48 bits of bytes are 256 TiB, more than the address space of x86-64 has.
    private var bits: UInt64

    private static let headFlag = UInt64(1) << 63
    private static let stitchedFlag = UInt64(1) << 62
    private static let ownedFlag = UInt64(1) << 61
    private static let cachedFlag = UInt64(1) << 60
    private static let slabFlag = UInt64(1) << 59
    private static let valueMask = UInt64(1) << 48 - 1

    /// A contiguous block.
    @inline(__always)
    package init(byteCount: ByteCount, owner: BlockOwner) {
      bits = UInt64(bitPattern: Int64(byteCount.rawValue)) | Self.headFlag
      if owner == .buffer { bits |= Self.ownedFlag }
    }

    /// A run of a stitched block.
    package init(window: Int) {
      bits = UInt64(window) | Self.stitchedFlag | Self.headFlag
    }

    /// A slab of objects.
    package init(slab pageCount: PageCount) {
      bits = UInt64(pageCount.byteCount.rawValue) | Self.slabFlag | Self.headFlag
    }

    /// Whether the run is a slab, whose objects are the blocks.
    package var isSlab: Bool { bits & Self.slabFlag != 0 }

    /// The number of the window, if the run belongs to a stitched block.
    @inline(__always)
    package var window: Int? {
      bits & Self.stitchedFlag == 0 ? nil : Int(bits & Self.valueMask)
    }

    /// The size of a contiguous block.
    @inline(__always)
    package var byteCount: ByteCount { ByteCount(Int(bits & Self.valueMask)) }

    /// What frees the contiguous block.
    @inline(__always)
    package var owner: BlockOwner { bits & Self.ownedFlag != 0 ? .buffer : .pointer }

    /// Whether the block is in a magazine: entered still, without an owner.
    @inline(__always)
    package var isCached: Bool { bits & Self.cachedFlag != 0 }

    /// The record of the same block in a magazine.
    @inline(__always)
    package var cached: Record {
      var record = self
      record.bits |= Self.cachedFlag
      return record
    }

    /// Whether this is a contiguous block in use that has an owner of a kind.
    @inline(__always)
    package func isInUse(of owner: BlockOwner) -> Bool {
      bits & ~Self.valueMask == Self.headFlag | (owner == .buffer ? Self.ownedFlag : 0)
    }

    @inline(__always)
    static var none: Record { Record(none: ()) }

    private init(none: Void) { bits = 0 }
  }
}
