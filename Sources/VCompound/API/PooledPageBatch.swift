// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Pages on their way back to their pool, which go there together (Linux: `xdp_frame_bulk`).
///
/// A thread that is done with many pages gathers them: a batch that is full goes back in one step,
/// for a fraction of what the pages cost one by one. What is in it when it leaves scope goes back
/// then.
///
/// ```swift
/// var pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 32))
/// var batch = PooledPageBatch()
/// for _ in 0..<16 { batch.append(try pool.take()) }    // here as good as on another thread
/// batch.putBack()
/// ```
///
/// A page in a batch is still out, as far as its pool's limit goes: put back what is in it before
/// waiting for anything. It belongs to one thread at a time, and may be sent to another.
///
/// Invariant: the first `count` numbers are pages of `core` that are out and that nobody else
/// holds, their counts are 1, and the core lives while there are any.
@safe
public struct PooledPageBatch: ~Copyable, @unchecked Sendable {
  /// The most pages in it: 64.
  public static var capacity: Int { 64 }

  private var numbers = InlineArray<64, UInt32>(repeating: 0)
  private var core: Unmanaged<PoolCore>?

  /// The pages in it.
  public private(set) var count = 0

  /// Makes an empty batch.
  public init() {}

  deinit {
    if count > 0, let core = unsafe core {
      unsafe core._withUnsafeGuaranteedRef { $0.putBack(numbers.span.extracting(0..<count)) }
    }
  }

  /// Puts a page in, which is let go of.
  ///
  /// Where the batch is full, or has pages of another pool, those are put back first. A page that
  /// has readers goes back with the last of them instead.
  ///
  /// - Complexity: O(1); O(pages) where the batch is put back.
  public mutating func append(_ page: consuming PooledPage) {
    let core = unsafe page.core
    unsafe prepare(for: core)
    let index = page.surrender()
    if unsafe core._withUnsafeGuaranteedRef({ $0.letGoAsOwner(index) }) { add(index) }
  }

  /// Lets go of a page on behalf of a reader: the last one puts it in.
  public mutating func append(_ page: consuming SharedPage) {
    let core = unsafe page.core
    unsafe prepare(for: core)
    let index = page.surrender()
    if unsafe core._withUnsafeGuaranteedRef({ $0.letGoAsReader(index) }) { add(index) }
  }

  /// Puts all pages back; the batch is empty afterwards.
  ///
  /// - Complexity: O(pages), and one atomic operation or a few.
  public mutating func putBack() {
    give { core, numbers in core.putBack(numbers) }
  }

  /// Puts all pages back on behalf of the consumer of a pool.
  ///
  /// The program stops where they belong to another pool.
  mutating func recycle(to pool: PoolCore) {
    give { core, numbers in
      guard core === pool else {
        stop("the pages at \(hexadecimal(core.address(numbers[0]))) ... belong to another pool")
      }
      core.recycle(numbers)
    }
  }

  @inline(__always)
  private mutating func prepare(for other: Unmanaged<PoolCore>) {
    let isOfOther = unsafe core?.toOpaque() != other.toOpaque()
    if count > 0, isOfOther || count == Self.capacity { putBack() }
    unsafe core = unsafe other
  }

  @inline(__always)
  private mutating func add(_ index: UInt32) {
    numbers[count] = index
    count += 1
  }

  private mutating func give(_ body: (PoolCore, Span<UInt32>) -> Void) {
    guard count > 0, let core = unsafe core else { return }
    // None of them is this value's any more when the function returns.
    let given = count
    count = 0
    unsafe core._withUnsafeGuaranteedRef { body($0, numbers.span.extracting(0..<given)) }
  }
}

extension PagePool {
  /// Puts the pages of a batch back that the pool's own thread has, faster than
  /// ``PooledPageBatch/putBack()`` does.
  ///
  /// - Parameter batch: pages of this pool; the program stops for those of another one. It is empty
  ///   afterwards.
  /// - Complexity: O(pages).
  public mutating func recycle(_ batch: inout PooledPageBatch) { batch.recycle(to: core) }
}
