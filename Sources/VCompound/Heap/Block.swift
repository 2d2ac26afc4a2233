// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One allocated block.
package struct Block: Sendable {
  /// What backs a block.
  package enum Place: Sendable {
    /// One run in the linear map, from this frame on.
    case contiguous(PageFrame)
    /// The window with this number.
    case stitched(window: Int)
    /// A part of a slab.
    case object
  }

  /// The first byte.
  package var address: UInt

  /// The size that was asked for; unless it is an object, the block has that many bytes rounded
  /// up to pages.
  package var byteCount: ByteCount

  /// What backs it.
  package var place: Place

  /// The pages of the block; of an object, those in which it has bytes.
  package var pageCount: PageCount {
    guard case .object = place else { return PageCount(covering: byteCount) }
    let before = ByteCount(Int(bitPattern: address) & (PageCount.bytesPerPage - 1))
    return PageCount(covering: before + byteCount)
  }

  /// Whether it is a part of a slab.
  package var isObject: Bool {
    if case .object = place { true } else { false }
  }

  /// Whether it has pages of its own and ends with a page.
  package var endsWithPage: Bool { !isObject && pageCount.byteCount == byteCount }
}

/// What is asked of the heap.
struct Request: Sendable {
  /// The size in bytes, at least 1.
  let byteCount: ByteCount
  /// The size in pages.
  let pageCount: PageCount
  /// What the address shall be a multiple of, in pages; a power of two.
  let alignment: PageCount
  /// Whether the block shall be stitched.
  var stitching: StitchMode
  /// What will own the block.
  let owner: BlockOwner
  /// Whether the frames shall be mapped twice, one behind the other, for a ring: in a window, also
  /// where they are one run.
  var isMirrored = false
  /// How far the heap goes for it.
  var patience = Patience.full

  /// The block record of one run that serves it.
  var record: BlockTable.Record { BlockTable.Record(byteCount: byteCount, owner: owner) }
}

/// How far the heap goes for a request.
enum Patience {
  /// What is free and resident serves, or nothing.
  case residentOnly
  /// Memory may become resident; the request waits for nothing, and nothing is reclaimed.
  case atOnce
  /// Everything: what caches keep is reclaimed, and what is in transit is waited for.
  case full
}
