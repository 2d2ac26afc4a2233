// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Memory for many small blocks that are all given back at once (obstacks, APR's pools, bump
/// allocators): for a request, a frame, a parse.
///
/// A block is the next free bytes of an extent, some pages of the allocator: it costs an addition,
/// takes no lock, and has no header. No block is freed alone: all go with
/// ``removeAll(keepingCapacity:)``, or with the region. Nothing is deinitialized then, so elements
/// are trivial (`BitwiseCopyable`).
///
/// ```swift
/// var region = CompoundRegion(allocator: allocator)
/// for length in [12, 40, 7] {
///   var header = try region.allocate(byteCount: length)
///   header.storeBytes(of: 7, as: UInt8.self)        // as many blocks as it takes
///   region.removeAll(keepingCapacity: true)         // no span of them is in use any more
/// }
/// ```
///
/// Spans borrow the region: as many as the program likes may be in use, and the compiler sees to it
/// that none is used after `removeAll`. Pointers it does not see to.
///
/// Extents are 64 KiB at first, and as large as all before them together later, up to 4 MiB; a
/// request for more than a quarter of that gets one of its own. Where memory is short, and at the
/// region's limit, an extent has the pages only that are asked for: a region is refused what an
/// allocator would be refused.
///
/// One thread at a time: a region is not `Sendable`, because spans may be taken from it while it is
/// borrowed. It can be sent to another thread (`sending`), or kept in a `Mutex`. In a child of
/// `fork` its memory must not be touched, and a new extent is refused with
/// ``CompoundError/usedAfterFork``.
@safe
public struct CompoundRegion: ~Copyable {
  /// Apart from the value, since blocks are taken from a region that is only borrowed.
  @usableFromInline let state: UnsafeMutablePointer<RegionState>

  /// The most that the region may hold, whole pages; nil for what the allocator has.
  public let limit: ByteCount?

  /// Makes a region, which has no memory yet.
  ///
  /// - Parameters:
  ///   - allocator: where the memory comes from.
  ///   - limit: the most bytes that the region may hold (``footprint``), rounded down to pages; the
  ///     program stops for one of less than a page.
  ///   - label: names the memory in the census (``CompoundAllocator/census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  public init(
    allocator: CompoundAllocator, limit: ByteCount? = nil, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let pages = limit.map { PageCount($0.rawValue / PageCount.bytesPerPage) }
    if let limit, limit < .page { stop("a region of at most \(limit): it has a page at least") }
    self.limit = pages?.byteCount
    unsafe state = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe state.initialize(
      to: RegionState(allocator: allocator, limit: pages, SourceLabel(label, file, line)))
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  // MARK: Counts

  /// The bytes of all blocks.
  public var byteCount: ByteCount { unsafe ByteCount(state.pointee.used) }

  /// The memory that the region holds: its extents, those that it keeps for later included.
  public var footprint: ByteCount { unsafe state.pointee.held.byteCount }

  // MARK: Blocks

  /// Takes a block.
  ///
  /// - Parameters:
  ///   - byteCount: its size, from 1 byte to the allocator's capacity.
  ///   - alignment: what its address is a multiple of: a power of two up to 1 GiB.
  /// - Returns: its bytes, which hold arbitrary values. They are the caller's until the region ends
  ///   or is emptied.
  /// - Throws: as ``allocatePointer(byteCount:alignment:)-(ByteCount,_)``; nothing is left behind
  ///   then.
  /// - Complexity: O(1); now and then an extent is taken from the allocator.
  @inlinable
  @_lifetime(borrow self)
  public borrowing func allocate(
    byteCount: ByteCount, alignment: ByteCount = 16
  ) throws(CompoundError) -> MutableRawSpan {
    let start = unsafe try take(byteCount, alignment)
    let span = unsafe MutableRawSpan(_unsafeStart: start, byteCount: byteCount.rawValue)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Takes a block for elements of which every bit pattern is one; they have arbitrary values.
  ///
  /// - Parameters:
  ///   - count: the elements; for 0 the span is empty.
  ///   - type: their type.
  /// - Returns: the elements, until the region ends or is emptied.
  /// - Throws: as ``allocatePointer(count:of:)``; nothing is left behind then.
  @inlinable
  @_lifetime(borrow self)
  public borrowing func allocate<Element: FullyInhabited>(
    count: Int, of type: Element.Type
  ) throws(CompoundError) -> MutableSpan<Element> {
    let elements = unsafe try takeElements(count, of: type)
    let span = unsafe MutableSpan(_unsafeElements: elements)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Takes a block for elements that are all the same at first.
  ///
  /// - Parameters:
  ///   - element: the element.
  ///   - count: how many; for 0 the span is empty.
  /// - Returns: the elements, until the region ends or is emptied.
  /// - Throws: as ``allocatePointer(count:of:)``; nothing is left behind then.
  /// - Complexity: O(count).
  @inlinable
  @_lifetime(borrow self)
  public borrowing func allocate<Element: BitwiseCopyable>(
    repeating element: Element, count: Int
  ) throws(CompoundError) -> MutableSpan<Element> {
    let elements = unsafe try takeElements(count, of: Element.self)
    unsafe elements.initialize(repeating: element)
    let span = unsafe MutableSpan(_unsafeElements: elements)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// Takes a block with a copy of elements (APR: `apr_pmemdup`).
  ///
  /// - Parameter elements: what to copy; of none the span is empty.
  /// - Returns: the copy, until the region ends or is emptied.
  /// - Throws: as ``allocatePointer(count:of:)``; nothing is left behind then.
  /// - Complexity: O(elements).
  @inlinable
  @_lifetime(borrow self)
  public borrowing func allocate<Element: BitwiseCopyable>(
    copying elements: Span<Element>
  ) throws(CompoundError) -> MutableSpan<Element> {
    let copy = unsafe try takeElements(elements.count, of: Element.self)
    unsafe elements.withUnsafeBufferPointer { unsafe _ = copy.initialize(fromContentsOf: $0) }
    let span = unsafe MutableSpan(_unsafeElements: copy)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  // MARK: Pointers

  /// Takes a block, for structures of pointers and for C (GNU: `obstack_alloc`; APR: `apr_palloc`).
  ///
  /// - Parameters:
  ///   - byteCount: its size, from 1 byte to the allocator's capacity.
  ///   - alignment: what its address is a multiple of: a power of two up to 1 GiB.
  /// - Returns: the first byte, valid until the region ends or is emptied.
  /// - Throws: ``CompoundError/outOfMemory(asked:free:largestRun:limit:)`` with
  ///   ``CompoundError/Limit/region`` where the region's limit is reached, else as
  ///   ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  @unsafe
  @inlinable
  public borrowing func allocatePointer(
    byteCount: ByteCount, alignment: ByteCount = 16
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    unsafe try take(byteCount, alignment)
  }

  /// Takes a block for elements.
  ///
  /// - Parameters:
  ///   - count: the elements, 1 or more.
  ///   - type: their type; nothing deinitializes them.
  /// - Returns: the first element, valid until the region ends or is emptied; no element is
  ///   initialized.
  /// - Throws: ``CompoundError/sizeOverflow(count:stride:)`` where the product overflows, else as
  ///   ``allocatePointer(byteCount:alignment:)-(ByteCount,_)``; nothing is left behind then.
  @unsafe
  @inlinable
  public borrowing func allocatePointer<Element: BitwiseCopyable>(
    count: Int, of type: Element.Type
  ) throws(CompoundError) -> UnsafeMutablePointer<Element> {
    let start = unsafe try take(
      ByteCount(count: count, of: type), ByteCount(MemoryLayout<Element>.alignment))
    return unsafe start.bindMemory(to: type, capacity: count)
  }

  @unsafe
  @inlinable
  borrowing func takeElements<Element: BitwiseCopyable>(
    _ count: Int, of type: Element.Type
  ) throws(CompoundError) -> UnsafeMutableBufferPointer<Element> {
    if count == 0 { return unsafe UnsafeMutableBufferPointer(start: nil, count: 0) }
    return unsafe UnsafeMutableBufferPointer(
      start: try allocatePointer(count: count, of: type), count: count)
  }

  @unsafe
  @inlinable
  @inline(__always)
  borrowing func take(
    _ byteCount: ByteCount, _ alignment: ByteCount
  ) throws(CompoundError) -> UnsafeMutableRawPointer {
    let state = unsafe state
    let mask = UInt(bitPattern: alignment.rawValue &- 1)
    let start = unsafe (state.pointee.cursor &+ mask) & ~mask
    let size = UInt(bitPattern: byteCount.rawValue)
    let end = unsafe state.pointee.end
    if size > 0, start <= end, size <= end &- start,
      alignment.rawValue > 0, alignment.rawValue & (alignment.rawValue &- 1) == 0
    {
      unsafe state.pointee.cursor = start &+ size
      unsafe state.pointee.used &+= byteCount.rawValue
      return unsafe UnsafeMutableRawPointer(bitPattern: start).unsafelyUnwrapped
    }
    let other = unsafe try state.pointee.takeFromNextExtent(byteCount, alignment)
    return unsafe UnsafeMutableRawPointer(bitPattern: other).unsafelyUnwrapped
  }

  // MARK: Giving back

  /// Gives all blocks back at once (GNU: `obstack_free`; APR: `apr_pool_clear`).
  ///
  /// Nothing is deinitialized. Pointers to blocks are void then. In a child of `fork` the memory
  /// stays where it is.
  ///
  /// - Parameter keepsCapacity: whether the region keeps its extents for the blocks to come, and so
  ///   ``footprint``; others do not get that memory then.
  /// - Complexity: O(extents). Where freed memory is wiped, and in checked builds, O(footprint).
  public mutating func removeAll(keepingCapacity keepsCapacity: Bool = false) {
    unsafe state.pointee.removeAll(keepingCapacity: keepsCapacity)
  }
}
