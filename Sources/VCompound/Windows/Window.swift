// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One stitched block: where it is, and which frames it is made of.
///
/// All zeroes: no window.
package struct Window: BitwiseCopyable, Sendable {
  /// What a window is for.
  package enum State: UInt8, BitwiseCopyable, Sendable {
    /// Nothing: its place in the table is not used.
    case none = 0
    /// A block in use.
    case live
    /// Its block is gone: its frames are free, or in use elsewhere; it still maps them.
    case retired
    /// On its way out of the address space.
    case leaving
  }

  package var state: State

  /// What frees the block.
  package internal(set) var owner: BlockOwner

  /// Whether its runs are mapped a second time, right behind the first: a ring's.
  ///
  /// Such a block cannot be resized.
  package let isMirrored: Bool

  /// The first page of its address space, by number (address / page size).
  package let firstPage: Int

  /// The pages that the block may grow to in place.
  package internal(set) var room: PageCount

  /// The frames of the block, in the order of their addresses; neighbours are one run.
  ///
  /// A block that was shrunk has fewer pages than its room; those behind its end are dead.
  package internal(set) var runs: RunList

  /// The size that was asked for.
  package internal(set) var byteCount: ByteCount

  /// What was set aside for it in the mapping budget.
  var mappings: Int

  /// Its neighbours among the retired windows, by number; 0 for none.
  var previous: UInt32 = 0
  var next: UInt32 = 0

  /// A block that has just been mapped.
  init(
    firstPage: Int, room: PageCount, runs: RunList, isMirrored: Bool, byteCount: ByteCount,
    mappings: Int, owner: BlockOwner
  ) {
    state = .live
    self.isMirrored = isMirrored
    self.owner = owner
    self.firstPage = firstPage
    self.room = room
    self.runs = runs
    self.byteCount = byteCount
    self.mappings = mappings
  }

  /// The pages of the block.
  package var pageCount: PageCount { runs.pageCount }

  /// The address of the first byte.
  package var address: UInt { UInt(bitPattern: firstPage) << UInt(PageCount.pageShift) }

  /// The pages of address space at which frames of the block are mapped.
  package var mappedPageCount: PageCount { isMirrored ? pageCount + pageCount : pageCount }

  /// How far behind the first byte of the block the byte at an address lies; nil for others.
  ///
  /// In a mirrored window each byte has two addresses.
  package func offset(of address: UInt) -> ByteCount? {
    let size = UInt(bitPattern: pageCount.byteCount.rawValue)
    let offset = address &- self.address
    guard offset < UInt(bitPattern: mappedPageCount.byteCount.rawValue) else { return nil }
    return ByteCount(Int(bitPattern: offset < size ? offset : offset - size))
  }
}
