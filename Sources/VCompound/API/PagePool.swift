// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Recycles pages between one consumer, which takes them, and any number of threads that put them
/// back (Linux: `page_pool`).
///
/// A receiver of data owns a pool, and takes pages from the pool's cache, in some nanoseconds.
/// Other threads put them back by dropping them, through rings that do not make them wait for each
/// other. Only where cache and rings are empty does the pool take pages from the allocator, a batch
/// at a time; while a request is short of memory, one at a time.
///
/// ```swift
/// var pool = try PagePool(allocator: allocator, limits: .init(out: 4096, kept: 1024))
/// var page = try pool.take(label: "receiver")
/// page.withUnsafeMutableBytes { bytes in bytes[0] = 1 }
/// let readers = page.share()
/// Task { print(readers.byteCount) }  // dropping the last one, on any thread, puts the page back
/// ```
///
/// A page that is still shared when its owner puts it back comes back with its last reader.
///
/// Where as many pages as the limit are out, ``take(zeroed:label:file:line:)`` throws, and
/// ``take(zeroed:waiting:label:file:line:)`` waits. ``monitor`` tells other threads how the pool
/// does, and who has its pages.
///
/// What the pool keeps is given up before any request to the allocator is refused. A pool in a
/// child of `fork` hands out nothing.
///
/// The pool belongs to one value, which may be sent to another thread. When it leaves scope, it is
/// closed as by ``close(_:)``, without waiting. It cannot be copied, where ``ObjectCache``, which
/// any thread uses, is a class: the pages of the cache belong to one consumer, without a lock, and
/// the compiler checks that there is one.
///
/// Semantics and the names of the statistics are those of Jesper Brouer's page pool; recycling by
/// reference count is Eric Dumazet's.
@safe
public struct PagePool: ~Copyable, Sendable {
  let core: PoolCore

  /// The page that fragments are cut from.
  var cutting = Cutting()

  /// The ceilings of a pool.
  public struct Limits: Hashable, Sendable {
    /// The most pages that may be out, or kept, at once: the most there are.
    public var out: Int

    /// The most pages that are kept for later, in the consumer's cache and in the rings.
    public var kept: Int

    /// Sets the ceilings.
    ///
    /// - Parameters:
    ///   - out: 1 ... `maximum`.
    ///   - kept: 1 ... `maximum`; half of it, and at most 128, is the consumer's cache.
    public init(out: Int, kept: Int) {
      self.out = out
      self.kept = kept
    }

    /// The largest value of either.
    public static var maximum: Int { CompoundPoolError.Limit.maximum }

    /// Each limit by its name.
    var named: [(limit: CompoundPoolError.Limit, value: Int)] { [(.out, out), (.kept, kept)] }
  }

  /// Opens a pool, which takes no page yet.
  ///
  /// - Parameters:
  ///   - allocator: where the pages come from.
  ///   - order: the size of every page: 2^order of the system's. Larger ones that find no run are
  ///     stitched.
  ///   - limits: the ceilings.
  ///   - name: names the pool in ``CompoundAllocator/report()``.
  /// - Throws: ``CompoundPoolError/invalidLimit(_:value:)``; or
  ///   ``CompoundPoolError/allocation(_:)``
  ///   with ``CompoundError/invalidSize(_:capacity:)`` for pages larger than the arena, or with
  ///   ``CompoundError/systemCall(_:errno:)``.
  public init(
    allocator: CompoundAllocator, order: PageOrder = 0, limits: Limits, name: StaticString = ""
  ) throws(CompoundPoolError) {
    for (limit, value) in limits.named where value < 1 || value > Limits.maximum {
      throw .invalidLimit(limit, value: value)
    }
    core = try CompoundPoolError.wrap { () throws(CompoundError) in
      try allocator.door.enter { (heap) throws(CompoundError) in
        guard order.pageCount <= heap.pageCount else {
          throw .invalidSize(order.byteCount, capacity: allocator.capacity)
        }
        return try PoolCore(
          allocator.lifetime, heap, order: order, out: limits.out, kept: limits.kept,
          name: name)
      }
    }
  }

  deinit {
    if let index = cutting.page { core.finishCutting(index, fragments: cutting.count) }
    core.close()
  }

  /// The size of every page in bytes.
  public var bytesPerPage: ByteCount { core.byteCount }

  /// What the pool has and has done, now; all zeroes in a child of `fork`.
  ///
  /// - Complexity: O(1). The parts may be of different moments while other threads are at work.
  public var statistics: PagePoolStatistics { core.statistics }

  // MARK: - Pages

  /// Takes a page.
  ///
  /// - Parameters:
  ///   - zeroed: whether it reads zero at first; else its contents are whatever they are.
  ///   - label: names the holder, for ``close(_:)``.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the page, which goes back to the pool when it leaves scope, wherever that is.
  /// - Throws: ``CompoundPoolError/exhausted(limit:)`` while as many pages as the limit are out, or
  ///   ``CompoundPoolError/allocation(_:)`` with what
  ///   ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)`` throws.
  /// - Complexity: constant; a batch of pages is taken from the allocator where the pool is empty.
  public mutating func take(
    zeroed: Bool = false, label: StaticString = "", file: StaticString = #fileID,
    line: UInt = #line
  ) throws(CompoundPoolError) -> PooledPage {
    page(try core.take(PoolHolder(label, file, line)), zeroed: zeroed)
  }

  /// A page that was taken.
  @inline(__always)
  func page(_ index: UInt32, zeroed: Bool) -> PooledPage {
    var page = PooledPage(core, index)
    if zeroed {
      unsafe page.withUnsafeMutableBytes { bytes in
        _ = unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
      }
    }
    return page
  }

  /// Puts a page back that the pool's own thread has, faster than by dropping it.
  ///
  /// - Parameter page: a page of this pool; the program stops for that of another one.
  public mutating func recycle(_ page: consuming PooledPage) {
    guard unsafe page.core.toOpaque() == Unmanaged.passUnretained(core).toOpaque() else {
      stop("the page at \(hexadecimal(page.address)) belongs to another pool")
    }
    core.recycle(page.surrender())
  }

  /// Takes a page back from a pointer, to which ``PooledPage/relinquish()`` gave it.
  ///
  /// - Parameter address: the first byte of the page; the program stops where that is no page of
  ///   this pool, or one that has been adopted, and perhaps put back, already.
  /// - Returns: the page; in a child of `fork`, one that goes nowhere.
  /// - Complexity: O(pages of the pool).
  public mutating func adopt(_ address: UnsafeMutableRawPointer) -> PooledPage {
    let place = UInt(bitPattern: address)
    let index = core.door.enter(inChild: UInt32(0)) { _ in
      guard let index = core.number(at: place) else {
        stop("\(hexadecimal(place)) is no page of this pool")
      }
      guard core.pages.counts.exchange(Int(index), PoolCore.lent | 1, for: 1) else {
        stop("the page at \(hexadecimal(place)) was put back twice: no pointer owns it")
      }
      return index
    }
    return PooledPage(core, address: place, index)
  }
}
