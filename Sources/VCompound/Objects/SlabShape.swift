// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How the slabs of one size class are laid out, and how many of its objects are kept where.
struct SlabShape: Sendable {
  /// The class.
  let kind: Int
  /// The bytes of an object.
  let byteCount: Int
  /// The pages of a slab; fewer where no run is as long.
  let pageCount: PageCount
  /// The most objects in a thread's magazine.
  let magazineLimit: Int
  /// The most objects in the depot.
  let depotLimit: Int

  /// 2^32 divided by the size, rounded up; see `index`.
  private let reciprocal: UInt64

  /// The longest slab, in pages.
  ///
  /// Longer runs are harder to find where memory is scattered, and take longer to become wholly
  /// free.
  static let longest = 16

  /// The tail of a slab that is taken as it is, as a part of the slab: a twelfth.
  ///
  /// On the trace of git log, shorter tails cost more than they save: slabs are longer then, and
  /// more of them are half empty.
  private static let goodTail = 12

  /// What a thread may keep of a class.
  private static let bytesKept = 2 << 20

  /// Chooses the shape for a class.
  ///
  /// - Parameters:
  ///   - kind: the class.
  ///   - longest: the most pages in a slab; the objects must fit.
  ///   - depotBytes: what the depot may keep.
  init(kind: Int, longest: Int = Self.longest, depotBytes: Int) {
    let size = SizeClass.byteCount(kind)
    let pages = Self.pages(for: size, longest: longest)
    self.kind = kind
    byteCount = size
    pageCount = PageCount(pages)
    magazineLimit = min(ObjectMagazines.largestCapacity, Self.bytesKept / size)
    depotLimit = depotBytes / size
    reciprocal = (1 << 32 + UInt64(size) - 1) / UInt64(size)
  }

  /// The fewest pages that waste little at the end, or those that waste least.
  private static func pages(for size: Int, longest: Int) -> Int {
    var best = (pages: 0, tail: 0)
    let fewest = PageCount(covering: ByteCount(size)).rawValue
    for pages in fewest...max(longest, fewest) {
      let bytes = pages * PageCount.bytesPerPage
      let tail = bytes % size
      if tail * goodTail <= bytes { return pages }
      if best.pages == 0 || tail * best.pages < best.tail * pages { best = (pages, tail) }
    }
    return best.pages
  }

  /// The objects in a slab of so many pages.
  func capacity(_ pageCount: PageCount) -> Int { index(ofByte: pageCount.byteCount.rawValue) }

  /// The number of the object that a byte of a slab lies in; `capacity` or more in the tail.
  ///
  /// By a multiplication, exact for any offset in a slab, and for its end: that is at most 2^16,
  /// and what the reciprocal is too large by is less than the size, at most 2^15.
  @inline(__always)
  func index(ofByte offset: Int) -> Int {
    Int(truncatingIfNeeded: (UInt64(truncatingIfNeeded: offset) &* reciprocal) >> 32)
  }
}
