// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Hands out large buffers from an arena of fixed capacity, and refuses none while enough pages
/// are free (<doc:Contracts>).
///
/// A request is served from one run of free page frames where there is one, at an address of the
/// arena's linear map: no system call, huge pages underneath. Where the free frames are enough but
/// scattered, the longest runs of them are *stitched*: mapped side by side into a window of address
/// space; or where those are short, or mappings scarce, they are *exchanged*: they give their
/// memory back, and as many pages side by side get it. Either way the caller gets a contiguous
/// buffer of exactly the pages asked for.
///
/// ```swift
/// import VCompound
///
/// let allocator = try CompoundAllocator(capacity: .mebibytes(256))
/// do {
///   var buffer = try allocator.allocate(byteCount: .mebibytes(64))
///   buffer.withUnsafeMutableBytes { bytes in
///     _ = bytes.initializeMemory(as: UInt8.self, repeating: 7)
///   }
/// }  // `buffer` gives its memory back here, where it goes out of scope.
/// ```
///
/// The arena's memory becomes resident as it is needed, in chunks of 2 MiB, and is kept for
/// later requests; ``trim()`` gives all that is free back to the system. How much may
/// become resident beyond what is in use, ``AllocatorConfiguration/residencySlack`` says.
///
/// Any thread may use the allocator, and free what another one allocated. A child of `fork` must
/// not: its requests fail with ``CompoundError/usedAfterFork``, its frees do nothing, its questions
/// have harmless answers, and its accesses to blocks fault. It may open allocators of its own. The
/// parent is not affected. Signal handlers must not use an allocator: they may have interrupted the
/// thread that holds a lock of it.
///
/// The memory lives as long as the allocator is referenced, a ``CompoundBuffer`` of it is alive, or
/// a pool, an object cache or an array of page slots that was made from it.
///
/// The idea is that of Linux's virtual compound pages (Christoph Lameter, 2008) and `kvmalloc`.
public final class CompoundAllocator: Sendable {
  /// Keeps the heap alive.
  let lifetime: Lifetime

  /// The way in.
  let door: Door

  /// The ceiling on the memory of all blocks together: whole pages.
  let capacity: ByteCount

  /// Opens an arena.
  ///
  /// It uses no memory but a few pages of bookkeeping until something is allocated; opening takes
  /// well under a millisecond whatever the capacity.
  ///
  /// - Parameters:
  ///   - capacity: the ceiling on the memory of all blocks together, rounded up to pages; from 1
  ///     byte to 8 TiB.
  ///   - configuration: everything else.
  /// - Throws: ``CompoundError/invalidSize(_:capacity:)``, or
  ///   ``CompoundError/systemCall(_:errno:)`` where the system has no file, address space or
  ///   memory for the bookkeeping.
  public init(
    capacity: ByteCount, configuration: AllocatorConfiguration = AllocatorConfiguration()
  ) throws(CompoundError) {
    guard capacity > 0, capacity <= Heap.maximumCapacity else {
      throw .invalidSize(capacity, capacity: Heap.maximumCapacity)
    }
    let pages = PageCount(covering: capacity)
    lifetime = Lifetime(of: try Heap(capacity: pages, configuration: configuration))
    door = lifetime.door
    try door.enter { (heap) throws(CompoundError) in try heap.startHelper() }
    self.capacity = pages.byteCount
  }

  /// Whether this build stitches every block of more than one page: the compilation condition
  /// FALLBACK_ALWAYS, set by the package trait of that name or by
  /// `--toolset Config/fallback-always.json`.
  public static var isFallbackAlways: Bool { FallbackPolicy.isAlways }

  /// The largest alignment that a request may ask for: 1 GiB.
  public static var maximumAlignment: ByteCount { Arena.maximumAlignment }

  // MARK: - Allocating

  /// Takes a buffer.
  ///
  /// - Parameters:
  ///   - byteCount: the size, from 1 byte to the capacity. The buffer has exactly that many
  ///     bytes.
  ///   - alignment: what its address is a multiple of: a power of two up to 1 GiB, or nil for 16,
  ///     or 8 where the size is below that. With one of ``ByteCount/page`` or more, and where the
  ///     size is more than 32 KiB, the buffer has pages of its own.
  ///   - zeroed: whether it reads zero at first. Else its contents are whatever they are.
  /// - Returns: the buffer, which frees its memory when it goes out of scope.
  /// - Throws: ``CompoundError/outOfMemory(asked:free:largestRun:limit:)`` where fewer pages are
  ///   free, ``CompoundError/mappingBudget(needed:available:limit:)`` where enough are, in pieces
  ///   that can neither be stitched nor exchanged, ``CompoundError/invalidSize(_:capacity:)``,
  ///   ``CompoundError/invalidAlignment(_:)``, ``CompoundError/systemCall(_:errno:)`` where the
  ///   kernel has no memory for them, ``CompoundError/usedAfterFork``. Nothing is left behind then.
  /// - Complexity: constant for a contiguous block in resident memory; a system call a run for a
  ///   stitched one. `zeroed` writes to the whole block.
  public func allocate(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false
  ) throws(CompoundError) -> CompoundBuffer {
    let block = try allocate(byteCount, alignment ?? 1, isZeroed: zeroed, .buffer)
    return CompoundBuffer(adopting: block, of: door)
  }

  /// Takes a block, from the thread's magazines if they have one.
  ///
  /// The label is made where they have none: it would take as long as all the rest.
  @inline(__always)
  func allocate(
    _ byteCount: ByteCount, _ alignment: ByteCount, isZeroed: Bool, _ owner: BlockOwner,
    _ label: @autoclosure () -> SourceLabel = .none
  ) throws(CompoundError) -> Block {
    let cached = door.pass { heap in
      heap.takeCachedBlock(
        byteCount: byteCount, alignment: alignment, isZeroed: isZeroed, owner)
    }
    if let cached { return cached }
    return try door.enter { (heap) throws(CompoundError) in
      try heap.allocate(
        byteCount: byteCount, alignment: alignment, isZeroed: isZeroed, owner, label())
    }
  }

  /// Takes a buffer, as one request wants it.
  ///
  /// ```swift
  /// let policy = RequestPolicy(stitching: .never, usesResidentMemoryOnly: true)
  /// let ahead = try? allocator.allocate(byteCount: .mebibytes(8), policy: policy)
  /// ```
  ///
  /// - Parameters:
  ///   - byteCount: the size; see ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``. The
  ///     buffer has pages of
  ///     its own, whatever the size.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - policy: what may be done for it.
  ///   - label: names the buffer in the census (``census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``, and
  ///   ``CompoundError/outOfMemory(asked:free:largestRun:limit:)`` where
  ///   the policy forbids what would serve.
  public func allocate(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false, policy: RequestPolicy,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    let block = try door.enter { (heap) throws(CompoundError) in
      try heap.allocate(
        byteCount: byteCount, alignment: alignment ?? 1, isZeroed: zeroed, .buffer, policy,
        SourceLabel(label, file, line))
    }
    return CompoundBuffer(adopting: block, of: door)
  }

  /// Takes a buffer of whole pages.
  ///
  /// - Parameters:
  ///   - pageCount: the size, from 1 page to the capacity.
  ///   - alignment: what its address is a multiple of: a power of two up to 1 GiB.
  ///   - zeroed: whether it reads zero at first.
  /// - Returns: the buffer, which frees its memory when it goes out of scope.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    pageCount: PageCount, alignment: ByteCount = .page, zeroed: Bool = false
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(byteCount: Self.byteCount(of: pageCount), alignment: alignment, zeroed: zeroed)
  }

  /// The bytes of pages, or what no request can have where there are too many to count.
  static func byteCount(of pageCount: PageCount) -> ByteCount {
    let (bytes, overflow) = pageCount.rawValue.multipliedReportingOverflow(
      by: PageCount.bytesPerPage)
    return ByteCount(overflow ? (pageCount.rawValue < 0 ? .min : .max) : bytes)
  }

  /// Takes a block as a buddy allocator has them: 2^`order` pages, at a multiple of their size.
  ///
  /// In one piece, or stitched where memory is fragmented. The allocator keeps free runs of any
  /// length, not lists of free blocks of each order: a run splits and merges as it is, at any page,
  /// and what blocks of each order it holds is derived from it (``fragmentation``). So a block of
  /// an order costs no more than its pages, and serves wherever a buddy allocator would, and
  /// elsewhere.
  ///
  /// - Parameters:
  ///   - order: 0 ... 18 (1 GiB).
  ///   - zeroed: whether it reads zero at first.
  /// - Returns: the buffer, whose ``CompoundBuffer/order`` is this one.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``; nothing is left
  ///   behind then.
  public func allocate(
    order: PageOrder, zeroed: Bool = false
  ) throws(CompoundError) -> CompoundBuffer {
    try allocate(byteCount: order.byteCount, alignment: order.byteCount, zeroed: zeroed)
  }

  // MARK: - Giving back

  /// Has threads, page pools and object caches give up what they keep for later: all that is free
  /// is in the free runs then, for a moment.
  ///
  /// No request needs this, each does it by itself before it is refused. It is for programs that
  /// look at ``fragmentation``. In a child of `fork` it does nothing.
  ///
  /// - Complexity: O(threads + all that is kept).
  public func drain() { door.enter(inChild: ()) { $0.drain() } }

  /// Gives all free memory back to the system: whole chunks, and pages that lie scattered.
  ///
  /// Parts of a huge page stay, and are counted as resident, while another thread faults on that
  /// page or a device has it pinned: another call takes them.
  ///
  /// - Returns: the bytes given back.
  /// - Throws: ``CompoundError/systemCall(_:errno:)`` where the kernel refuses; what could not be
  ///   given back stays free for later requests.
  /// - Complexity: a system call for every run of free pages.
  @discardableResult
  public func trim() throws(CompoundError) -> ByteCount {
    try door.enter { (heap) throws(CompoundError) in try heap.trim() }
  }
}
