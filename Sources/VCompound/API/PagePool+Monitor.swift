// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PagePool {
  /// Looks at a pool, from any thread, while its consumer is at work.
  ///
  /// ```swift
  /// let pool = try PagePool(allocator: allocator, limits: .init(out: 64, kept: 16))
  /// let monitor = pool.monitor
  /// Task.detached { for holder in monitor.holders { print(holder) } }
  /// ```
  ///
  /// Looking empties no cache, and waits for no thread but for a moment. A monitor keeps neither
  /// the pool nor the allocator alive. When the pool is closed, it tells which pages are still out;
  /// when these have gone, nothing but what the pool was.
  public struct Monitor: Sendable {
    private let reference: Reference

    /// The name that the pool was given.
    public let name: String
    /// The ceilings.
    public let limits: Limits
    /// The size of every page: 2^order of the system's.
    public let order: PageOrder

    init(_ core: PoolCore) {
      reference = Reference(core)
      name = "\(core.name)"
      limits = Limits(out: core.limit, kept: core.mostKept)
      order = core.order
    }

    /// Whether the pool is closed; true in a child of `fork`.
    public var isClosed: Bool { reference.core?.isClosed ?? true }

    /// What the pool has and has done, now; all zeroes when it is closed and its pages have gone,
    /// and in a child of `fork`.
    ///
    /// - Complexity: O(1).
    public var statistics: PagePoolStatistics { reference.core?.statistics ?? PagePoolStatistics() }

    /// The holders of the pages that are out, in no order; none in a child of `fork`.
    ///
    /// A page that is taken or put back just then may be among them or not, and with the label of
    /// its last holder; those that are out all the time are.
    ///
    /// - Complexity: O(pages of the pool); threads that put pages back while the rings are full
    ///   wait
    ///   for it.
    public var holders: [Holder] { reference.core.map { Holder.all(of: $0) } ?? [] }
  }

  /// Looks at this pool, from any thread.
  public var monitor: Monitor { Monitor(core) }
}

/// A pool's core, as long as it lives: until the pool is closed and its last page has gone.
///
/// Who looks holds it for that moment: an end that comes meanwhile is put off until then.
private final class Reference: @unchecked Sendable {
  private(set) weak var core: PoolCore?

  init(_ core: PoolCore) { self.core = core }
}

extension CompoundAllocator {
  /// The page pools that are open; none in a child of `fork`.
  ///
  /// - Complexity: O(pools + object caches).
  public var pools: [PagePool.Monitor] {
    caches.compactMap { ($0 as? PoolCore).map { PagePool.Monitor($0) } }
  }

  /// What the object caches that are open have and have done, each with its name; none in a child
  /// of `fork`.
  ///
  /// - Complexity: O((pools + object caches) * threads).
  public var objectCaches: [ObjectCacheStatistics] {
    caches.compactMap { ($0 as? ObjectCacheCore)?.statistics }
  }

  private var caches: [any Reclaimable] {
    door.enter(inChild: []) { $0.reclaimers.all }
  }
}
