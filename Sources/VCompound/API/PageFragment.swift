// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A part of a page of a pool, with neighbours in the same page: for data much smaller than a page.
///
/// Each fragment has one owner, which may write it. The page goes back to its pool with the last of
/// its fragments.
///
/// Invariant: the bytes belong to this value alone, the page's count includes it, and the core
/// lives while it does.
@safe
public struct PageFragment: ~Copyable, @unchecked Sendable {
  private let core: Unmanaged<PoolCore>
  let address: UInt
  private let index: UInt32

  /// The size in bytes, as it was asked for.
  public let byteCount: ByteCount

  init(_ core: PoolCore, _ index: UInt32, offset: Int, byteCount: ByteCount) {
    unsafe self.core = Unmanaged.passUnretained(core)
    address = core.address(index) + UInt(offset)
    self.index = index
    self.byteCount = byteCount
  }

  deinit {
    unsafe core._withUnsafeGuaranteedRef { $0.letGoOfFragment(index) }
  }
}

/// How far the page is used that fragments are cut from.
struct Cutting {
  /// The page, or nil where none has been begun.
  var page: UInt32?
  /// The bytes that are used.
  var end = 0
  /// The fragments cut.
  var count: UInt32 = 0

  /// Where the next fragment of an alignment begins.
  func start(_ alignment: ByteCount) -> Int {
    let mask = alignment.rawValue - 1
    return (end + mask) & ~mask
  }
}

extension PagePool {
  /// Takes a part of a page.
  ///
  /// Parts are cut from one page after another; what is left of a page that is too short for the
  /// next part is not used.
  ///
  /// - Parameters:
  ///   - byteCount: from 1 byte to a page.
  ///   - alignment: what its address is a multiple of: a power of two up to the page.
  ///   - label: names the holder; of the fragments of a page the first one's is kept.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: ``CompoundPoolError/fragmentTooLarge(_:page:)``;
  ///   ``CompoundPoolError/allocation(_:)``
  ///   with ``CompoundError/invalidSize(_:capacity:)`` for less than a byte, or with
  ///   ``CompoundError/invalidAlignment(_:)``; or what ``take(zeroed:label:file:line:)`` throws.
  public mutating func takeFragment(
    byteCount: ByteCount, alignment: ByteCount = 64, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundPoolError) -> PageFragment {
    try check(byteCount, alignment)
    let holder = PoolHolder(label, file, line)
    if needsPage(byteCount, alignment, holder) { beginCutting(try core.take(holder)) }
    return cut(byteCount, alignment)
  }

  /// Stops at sizes and alignments that no page has room for.
  func check(_ byteCount: ByteCount, _ alignment: ByteCount) throws(CompoundPoolError) {
    let page = bytesPerPage
    guard byteCount > 0 else { throw .allocation(.invalidSize(byteCount, capacity: page)) }
    guard byteCount <= page else { throw .fragmentTooLarge(byteCount, page: page) }
    guard alignment.isPowerOfTwo, alignment <= .page else {
      throw .allocation(.invalidAlignment(alignment))
    }
    guard core.door.enter(inChild: false, { _ in true }) else {
      throw .allocation(.usedAfterFork)
    }
  }

  /// Whether another page is needed to cut a fragment from.
  ///
  /// The page that is being cut serves again where all its fragments are back.
  mutating func needsPage(
    _ byteCount: ByteCount, _ alignment: ByteCount, _ holder: PoolHolder
  ) -> Bool {
    guard let index = cutting.page else { return true }
    if cutting.start(alignment) + byteCount.rawValue <= bytesPerPage.rawValue { return false }
    guard core.isWhole(index, fragments: cutting.count) else { return true }
    cutting = Cutting(page: index)
    core.note(holder, index)
    return false
  }

  /// Begins to cut fragments from a page.
  mutating func beginCutting(_ index: UInt32) {
    finishCutting()
    core.pages.counts.store(PoolCore.bias, at: Int(index))
    cutting = Cutting(page: index)
  }

  /// Cuts a fragment from the page that has room for it.
  mutating func cut(_ byteCount: ByteCount, _ alignment: ByteCount) -> PageFragment {
    guard let index = cutting.page else { preconditionFailure("no page to cut") }
    let start = cutting.start(alignment)
    cutting.end = start + byteCount.rawValue
    cutting.count += 1
    return PageFragment(core, index, offset: start, byteCount: byteCount)
  }

  /// Lets go of the page that fragments are cut from, which belongs to them alone from now on.
  mutating func finishCutting() {
    guard let index = cutting.page else { return }
    core.finishCutting(index, fragments: cutting.count)
    cutting = Cutting()
  }
}

extension PoolCore {
  /// Whether all fragments of a page are back; then the page is counted as one that is not cut.
  func isWhole(_ index: UInt32, fragments: UInt32) -> Bool {
    pages.counts.exchange(Int(index), Self.bias - fragments, for: Self.bias)
  }

  /// Counts a page with its fragments, no more.
  func finishCutting(_ index: UInt32, fragments: UInt32) {
    guard pages.counts.lower(Int(index), by: Self.bias - fragments) == 0 else { return }
    // All fragments are back already.
    pages.counts.store(1, at: Int(index))
    recycle(index)
  }
}
