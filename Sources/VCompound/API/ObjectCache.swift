// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Keeps objects of one type that are made already, for later use.
///
/// Making an object (locks, buffers, tables) often costs more than its memory. The cache makes one
/// only when it has none left; an object that is let go of stays as it is, made, and serves again.
/// What is kept is unmade, and its memory freed, before any request of the allocator is refused.
///
/// ```swift
/// let lists = try ObjectCache(allocator: allocator, kept: 64) { [Int]() }
/// do {
///   var list = try lists.take()
///   list.withObject { $0.append(1) }
/// }  // `list` goes back to the cache here, as it is: reset what must not be seen again.
/// ```
///
/// Any thread may take objects, and let go of what another one took. Each thread keeps some of what
/// it let go of for itself, without a lock: an eighth of `kept` at most, so nothing where that is
/// less than eight; all threads together half. An object is made where neither the thread nor what
/// all share has one. In a child of `fork` nothing can be taken. With the cache go the objects it
/// keeps; those that are out, when they are let go of.
///
/// `create` and `destroy` run with no lock of the allocator held. `create` may do anything.
/// `destroy` may run on any thread, also inside a request that is short of memory: it must not wait
/// for another thread that uses the allocator, nor take a lock that is held around requests. It may
/// free anything. A request that `destroy` makes is served from what is free or can become
/// resident, or refused: it waits for the helper thread of ``AllocatorConfiguration/upkeep`` at
/// most.
///
/// It is a class, where ``PagePool`` is a value that cannot be copied: any thread takes objects,
/// where a pool has one consumer.
///
/// (Bonwick, J.: The Slab Allocator: An Object-Caching Kernel Memory Allocator, USENIX 1994;
/// NetBSD: `pool_cache`.)
@safe
public final class ObjectCache<Object: ~Copyable & Sendable>: Sendable {
  private let core: ObjectCacheCore

  /// Opens a cache, which makes no object yet.
  ///
  /// - Parameters:
  ///   - allocator: where the objects' memory comes from.
  ///   - kept: the most objects that are kept for later, 0 or more.
  ///   - name: names the cache in ``CompoundAllocator/report()``.
  ///   - destroy: ends an object's life; it may hand over what the object owns.
  ///   - create: makes an object.
  /// - Throws: ``CompoundError/invalidSize(_:capacity:)`` or
  ///   ``CompoundError/invalidAlignment(_:)`` for a type that the arena cannot hold,
  ///   ``CompoundError/systemCall(_:errno:)``, ``CompoundError/usedAfterFork``.
  public init(
    allocator: CompoundAllocator, kept: Int, name: StaticString = "",
    destroy: @escaping @Sendable (consuming Object) -> Void = { _ in },
    create: @escaping @Sendable () -> Object
  ) throws(CompoundError) {
    guard kept >= 0 else { stop("a cache that keeps \(kept) objects") }
    let life = ObjectCacheCore.Life(
      size: ByteCount(max(1, MemoryLayout<Object>.size)),
      alignment: ByteCount(MemoryLayout<Object>.alignment),
      begin: { unsafe CachedObject<Object>.pointer($0).initialize(to: create()) },
      end: { destroy(unsafe CachedObject<Object>.pointer($0).move()) })
    core = try allocator.door.enter { (heap) throws(CompoundError) in
      try ObjectCacheCore(allocator.lifetime, heap, kept: kept, life, name: name)
    }
  }

  deinit {
    core.close()
  }

  /// Takes an object: one that is kept, or a new one.
  ///
  /// - Returns: the object, which goes back to the cache when it leaves scope.
  /// - Throws: as ``CompoundAllocator/allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  /// - Complexity: a few nanoseconds for an object that the thread has let go of itself, a lock for
  ///   others that are kept.
  public func take() throws(CompoundError) -> CachedObject<Object> {
    unsafe CachedObject(adopting: try core.take(), of: Unmanaged.passUnretained(core))
  }

  /// Takes an object; where there is no memory for a new one, the task waits until some is freed.
  ///
  /// In one line with all that wait; see
  /// ``CompoundAllocator/allocate(byteCount:alignment:zeroed:waiting:label:file:line:)-(ByteCount,_,_,_,_,_,_)``.
  /// While it waits no cache keeps objects: those that are let go of are destroyed, and their
  /// memory serves.
  ///
  /// - Parameter limit: the longest wait.
  /// - Returns: the object.
  /// - Throws: what ``take()`` throws, when the time is over; `CancellationError` where the task is
  ///   cancelled before.
  nonisolated(nonsending)
    public func take(waiting limit: Duration) async throws -> CachedObject<Object>
  {
    let place = try await core.take(waiting: limit.nanoseconds)
    return unsafe CachedObject(adopting: place, of: Unmanaged.passUnretained(core))
  }

  /// Takes an object; where there is no memory for a new one, the thread waits until some is freed.
  ///
  /// As ``take(waiting:)``, for threads.
  ///
  /// - Parameter limit: the longest wait.
  /// - Returns: the object.
  /// - Throws: what ``take()`` throws, when the time is over.
  @available(*, noasync, message: "a task waits with take(waiting:)")
  public func take(blocking limit: Duration) throws(CompoundError) -> CachedObject<Object> {
    let place = try core.take(blocking: limit.nanoseconds)
    return unsafe CachedObject(adopting: place, of: Unmanaged.passUnretained(core))
  }

  /// What the cache has and has done, now; all zeroes in a child of `fork`.
  public var statistics: ObjectCacheStatistics { core.statistics }
}

/// An object of a cache, which belongs to one value.
///
/// Invariant: the block holds an object that is made, and belongs to this value alone; the core
/// lives while it does.
@safe
public struct CachedObject<Object: ~Copyable & Sendable>: ~Copyable, @unchecked Sendable {
  private let place: PackedPlace
  private let core: Unmanaged<ObjectCacheCore>
  /// The object: a copy of the place's address that code of other modules can use.
  @usableFromInline let object: UnsafeMutablePointer<Object>

  init(adopting place: PackedPlace, of core: Unmanaged<ObjectCacheCore>) {
    self.place = place
    unsafe self.core = unsafe core
    unsafe object = Self.pointer(place.address)
  }

  deinit {
    unsafe core._withUnsafeGuaranteedRef { $0.put(place) }
  }

  /// Calls a function with the object, which it may change.
  ///
  /// Inlined: through the type's witnesses it would take as long as `take()`.
  @inlinable
  public mutating func withObject<Result: ~Copyable, Failure: Error>(
    _ body: (inout Object) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // By a copy of the pointer: compiler 6.3.1 breaks the other way under the thread sanitizer.
    let object = unsafe self.object
    return try unsafe body(&object.pointee)
  }

  /// The object at an address.
  @unsafe
  static func pointer(_ address: UInt) -> UnsafeMutablePointer<Object> {
    unsafe Memory(address).start.assumingMemoryBound(to: Object.self)
  }
}
