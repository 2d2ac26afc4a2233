// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An array that grows without doubling its memory.
///
/// Its elements lie side by side in one ``CompoundBuffer``, which grows in place or by mapping its
/// own pages and some more side by side (``CompoundBuffer/resize(toByteCount:)-(ByteCount)``); it
/// is copied only into pages that are free and resident already. An array of the standard library
/// has its old memory and the new one, of twice the size, while it grows; this one has an eighth
/// more than its contents (up to 64 KiB, twice as much), and needs only those pages to grow that
/// are new. So it can fill the whole arena.
///
/// ```swift
/// var samples = CompoundArray<Float>(allocator: allocator)
/// for sample in 0..<1000 { try samples.append(Float(sample)) }
/// let sum = (0..<samples.count).reduce(0) { $0 + samples[$1] }
/// ```
///
/// Where memory is short, the array grows by the pages that are needed only. Where there are none
/// the call throws, and the array is as it was.
///
/// Like any value it must not be changed by two threads at once, which its ownership sees to; it
/// may be sent to another thread if its elements may. In a child of `fork` its elements must not be
/// touched, and growing it throws ``CompoundError/usedAfterFork``.
///
/// Invariants: `elements` is the first byte of `buffer`, which has room for `capacity` elements;
/// the first `count` of them are initialized. There is no buffer where the capacity is 0.
@safe
public struct CompoundArray<Element: BitwiseCopyable>: ~Copyable {
  /// Where the memory comes from.
  private let allocator: CompoundAllocator

  /// Names the memory in the census.
  private let label: SourceLabel

  private var buffer: CompoundBuffer?

  /// The first element: a copy of the buffer's address that code of other modules can use.
  @usableFromInline var elements: UnsafeMutablePointer<Element>?

  /// See `count` and `capacity`.
  @usableFromInline var used = 0
  @usableFromInline var room = 0

  /// Makes an array without elements, which has no memory yet.
  ///
  /// - Parameters:
  ///   - allocator: where the memory comes from.
  ///   - label: names the memory in the census (``CompoundAllocator/census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  public init(
    allocator: CompoundAllocator, label: StaticString = "", file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.allocator = allocator
    self.label = SourceLabel(label, file, line)
    unsafe elements = nil
  }

  /// The elements.
  @inlinable
  public var count: Int { used }

  /// The elements that there is room for before the array has to grow.
  @inlinable
  public var capacity: Int { room }

  /// Whether there is no element.
  @inlinable
  public var isEmpty: Bool { used == 0 }

  /// Hands over the buffer with the elements, the first of them at its first byte.
  ///
  /// - Returns: the buffer, which has room for `capacity` elements; nil where that is 0.
  public consuming func takeBuffer() -> CompoundBuffer? { buffer }

  // MARK: Growing

  /// Sees to it that the array need not grow before it has a number of elements.
  ///
  /// It takes the pages for as many, and no more than those.
  ///
  /// - Parameter count: the elements in all; fewer than there is room for change nothing.
  /// - Throws: ``CompoundError/invalidSize(_:capacity:)`` for more than the arena could hold, else
  ///   as ``CompoundBuffer/resize(toByteCount:)-(ByteCount)``. The array is as it
  ///   was then.
  public mutating func reserveCapacity(_ count: Int) throws(CompoundError) {
    if count > room { try resize(toByteCount: roundedByteCount(of: count)) }
  }

  /// Makes room for more elements: for an eighth more than there is room for, so that appending
  /// takes constant time; or, where there is not so much memory, for the new ones only.
  ///
  /// Below 64 KiB for twice as many: copies cost little there, and memory less.
  ///
  /// - Parameter added: the new elements, of which not all have room; 0 or more.
  /// - Throws: as `reserveCapacity`.
  @usableFromInline
  @inline(never)
  mutating func grow(by added: Int) throws(CompoundError) {
    let (count, isTooMany) = used.addingReportingOverflow(added)
    let needed = try roundedByteCount(of: isTooMany ? .max : count)
    let present = room * MemoryLayout<Element>.stride
    let step = present < 1 << 16 ? max(present, 64) : present / 8
    let wanted = min(Self.rounded(present + step), allocator.capacity.rawValue)
    // What nobody needs yet is not worth what others keep: as in a callback, nothing is reclaimed.
    if wanted > needed, Callback.run({ (try? resize(toByteCount: wanted)) != nil }) { return }
    try resize(toByteCount: needed)
  }

  /// The memory for a number of elements.
  private func roundedByteCount(of count: Int) throws(CompoundError) -> Int {
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    let capacity = allocator.capacity
    guard !overflow, bytes <= capacity.rawValue else {
      throw .invalidSize(ByteCount(overflow ? .max : bytes), capacity: capacity)
    }
    return Self.rounded(bytes)
  }

  /// The memory that a block of a size takes, about: whole pages, and below one a power of two.
  private static func rounded(_ byteCount: Int) -> Int {
    let page = PageCount.bytesPerPage
    if byteCount > page { return (byteCount + page - 1) & ~(page - 1) }
    return 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount)
  }

  private mutating func resize(toByteCount byteCount: Int) throws(CompoundError) {
    if room == 0 {
      // Blocks that share pages move to an address that is a multiple of 16.
      let alignment = MemoryLayout<Element>.alignment
      buffer = try allocator.allocate(
        ByteCount(byteCount), alignment > 16 ? .page : 1, isZeroed: false, labelled: label)
    } else {
      try buffer?.resize(toByteCount: ByteCount(byteCount), labelled: label)
    }
    unsafe elements = buffer?.baseAddress.assumingMemoryBound(to: Element.self)
    room = byteCount / MemoryLayout<Element>.stride
  }

  // MARK: Shrinking

  /// Gives back the memory that no element uses, down to the page.
  ///
  /// In a child of `fork` it does nothing.
  public mutating func shrinkToFit() {
    guard used > 0 else { return removeAll() }
    let byteCount = Self.rounded(used * MemoryLayout<Element>.stride)
    if byteCount < room * MemoryLayout<Element>.stride { try? resize(toByteCount: byteCount) }
  }

  /// Removes all elements.
  ///
  /// - Parameter keepsCapacity: whether the memory stays with the array.
  public mutating func removeAll(keepingCapacity keepsCapacity: Bool = false) {
    used = 0
    if keepsCapacity { return }
    buffer = nil
    unsafe elements = nil
    room = 0
  }
}

extension CompoundArray: @unchecked Sendable where Element: Sendable {}
