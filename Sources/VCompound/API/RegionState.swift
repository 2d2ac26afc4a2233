// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The memory of a region: extents, of which the last part of one is free.
///
/// Invariants: the extents are blocks that a buffer owns and that belong to this value alone;
/// `cursor` ... `end` are bytes of one of the first `usedExtents` that nobody has; those behind are
/// kept for later; `held` pages are in all of them.
@usableFromInline
struct RegionState: ~Copyable {
  /// The first free byte, and the end of its extent; both 0 where there is none.
  @usableFromInline var cursor: UInt = 0
  @usableFromInline var end: UInt = 0

  /// The bytes handed out.
  @usableFromInline var used = 0

  private var extents: [Block] = []
  private var usedExtents = 0
  private(set) var held: PageCount = 0

  /// The most pages, or nil for what the arena has.
  private let limit: PageCount?

  /// Names the memory in the census.
  private let label: SourceLabel

  private let lifetime: Lifetime
  private let door: Door
  private let capacity: ByteCount

  /// The smallest extent, but where less is left, and the largest that is taken for small requests.
  private static var smallest: PageCount { 16 }
  private static var largest: PageCount { 1024 }

  init(allocator: CompoundAllocator, limit: PageCount?, _ label: SourceLabel) {
    lifetime = allocator.lifetime
    door = allocator.door
    capacity = allocator.capacity
    self.limit = limit
    self.label = label
  }

  deinit { for extent in extents { free(extent) } }

  // MARK: Allocating

  /// Takes memory from another extent than the present one.
  ///
  /// - Parameters:
  ///   - byteCount: what is asked for, as the caller gave it.
  ///   - alignment: as the caller gave it.
  /// - Returns: the first byte.
  /// - Throws: as `CompoundRegion.allocatePointer(byteCount:alignment:)`; nothing has changed then,
  ///   but that nothing is kept.
  @usableFromInline
  @inline(never)
  mutating func takeFromNextExtent(
    _ byteCount: ByteCount, _ alignment: ByteCount
  ) throws(CompoundError) -> UInt {
    guard byteCount > 0, byteCount <= capacity else {
      throw .invalidSize(byteCount, capacity: capacity)
    }
    guard alignment.isPowerOfTwo, alignment <= Arena.maximumAlignment else {
      throw .invalidAlignment(alignment)
    }
    let kept = extents.indices[usedExtents...].first { index in
      let extent = extents[index]
      let start = Self.aligned(extent.address, alignment)
      return ByteCount(Int(start - extent.address)) + byteCount <= extent.byteCount
    }
    if let kept {
      extents.swapAt(usedExtents, kept)
    } else {
      let extent = try allocateExtent(byteCount, alignment)
      held += extent.pageCount
      extents.insert(extent, at: usedExtents)
    }
    usedExtents += 1
    return take(byteCount, alignment, of: extents[usedExtents - 1])
  }

  /// Takes the first bytes of an extent; what is left of it, or of the present one, whichever is
  /// more, serves the next requests.
  private mutating func take(
    _ byteCount: ByteCount, _ alignment: ByteCount, of extent: Block
  ) -> UInt {
    let start = Self.aligned(extent.address, alignment)
    let rest = start + UInt(bitPattern: byteCount.rawValue)
    let extentEnd = extent.address + UInt(bitPattern: extent.byteCount.rawValue)
    if extentEnd - rest >= end - cursor { (cursor, end) = (rest, extentEnd) }
    used += byteCount.rawValue
    return start
  }

  private static func aligned(_ address: UInt, _ alignment: ByteCount) -> UInt {
    let mask = UInt(bitPattern: alignment.rawValue - 1)
    return (address + mask) & ~mask
  }

  /// Takes an extent: as large as all others together, between 64 KiB and 4 MiB; for a request of
  /// more than a quarter of that, or where there is not so much memory, the pages of that alone.
  private mutating func allocateExtent(
    _ byteCount: ByteCount, _ alignment: ByteCount
  ) throws(CompoundError) -> Block {
    let needed = PageCount(covering: byteCount)
    let step = max(Self.smallest, min(held, Self.largest))
    let isLarge = needed.rawValue > step.rawValue / 4 || alignment > .page
    let wanted = min(isLarge ? needed : step, room)
    if wanted > needed || wanted == needed && usedExtents < extents.count,
      let extent = try? allocate(wanted, alignment, isOptional: true)
    {
      return extent
    }
    // What the region keeps for later goes first.
    freeExtents(from: usedExtents)
    // Without a limit it is the arena that refuses, with its own figures.
    guard limit == nil || needed <= room else {
      throw .outOfMemory(asked: needed, free: room, largestRun: room, limit: .region)
    }
    return try allocate(needed, alignment, isOptional: false)
  }

  private func allocate(
    _ pageCount: PageCount, _ alignment: ByteCount, isOptional: Bool
  ) throws(CompoundError) -> Block {
    try door.enter { (heap) throws(CompoundError) in
      try heap.allocateExtent(
        pageCount, alignment: max(alignment, .page), isOptional: isOptional, label)
    }
  }

  /// The pages that the region may have more.
  private var room: PageCount { (limit ?? PageCount(covering: capacity)) - held }

  // MARK: Giving back

  /// See `CompoundRegion.removeAll(keepingCapacity:)`.
  mutating func removeAll(keepingCapacity keepsCapacity: Bool) {
    (cursor, end, used) = (0, 0, 0)
    if keepsCapacity {
      for extent in extents[..<usedExtents] {
        door.enter(inChild: ()) { $0.scrub(at: extent.address, extent.byteCount) }
      }
    } else {
      freeExtents(from: 0)
    }
    usedExtents = 0
  }

  private mutating func freeExtents(from first: Int) {
    for extent in extents[first...] {
      held -= extent.pageCount
      free(extent)
    }
    extents.removeSubrange(first...)
  }

  private func free(_ extent: Block) {
    if !door.pass({ $0.putCachedBlock(extent) }) {
      door.enter(inChild: ()) { $0.free(extent, .buffer) }
    }
  }
}
