// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// What a program can do where memory is short: make room, or wait.
extension CompoundAllocator {
  /// Has a function free memory before a request is refused, and beyond the soft limit
  /// (``AllocatorConfiguration/softLimit``).
  ///
  /// ```swift
  /// final class Cache: Sendable {
  ///   func evict(_ missing: ByteCount) -> Bool { false }  // true if it let go of anything
  /// }
  /// let cache = Cache()
  /// allocator.addReclaimer(for: cache) { cache, missing in cache.evict(missing) }
  /// ```
  ///
  /// It is called on the thread of the request, and by several threads at once if several are
  /// short. No lock of the library is held. It may free anything. What it allocates itself is
  /// served from what is free, or refused; it is not called for that. Of several functions the
  /// first one added is called until it has nothing left, then the next.
  ///
  /// The program must not hold a lock while it allocates that the function takes: it would wait for
  /// its own thread. Try the lock there, and return false.
  ///
  /// A function ends with its owner, which the allocator does not keep alive. In a child of `fork`
  /// nothing is added, and nothing called.
  ///
  /// - Parameters:
  ///   - owner: what frees memory, a cache for example.
  ///   - body: frees what it can of the bytes that are missing, and returns whether it has freed
  ///     any: then the request is tried again, and the function called again if that was too
  ///     little.
  public func addReclaimer<Owner: AnyObject & Sendable>(
    for owner: Owner, _ body: @escaping @Sendable (_ owner: Owner, _ missing: ByteCount) -> Bool
  ) {
    door.enter(inChild: ()) { heap in
      heap.shrinkers.add { [weak owner] missing in owner.map { body($0, missing) } }
    }
  }

  // MARK: - Waiting

  /// Takes a buffer; where there is not enough memory, the task waits until some is freed.
  ///
  /// Those that wait are served in the order in which they came; a request that does not wait may
  /// be served before them. A request that would be refused whatever is freed (``CompoundError``
  /// `invalidSize`, `invalidAlignment`) is refused at once.
  ///
  /// While anybody waits, no thread and no pool keeps free memory for itself, so that what is freed
  /// is seen: requests and frees take a lock then. The first task that waits begins a thread of the
  /// allocator's, which serves all of them. Functions of the program (``addReclaimer(for:_:)``) are
  /// called before the wait. In such a function, nothing waits.
  ///
  /// - Parameters:
  ///   - byteCount: the size; see ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - limit: the longest wait.
  ///   - label: names the buffer in the census (``census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``, the error of the last
  ///   attempt when the time is over; or `CancellationError` where the task is cancelled before.
  public func allocate(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false,
    waiting limit: Duration, label: StaticString = "", file: StaticString = #fileID,
    line: UInt = #line
  ) async throws -> CompoundBuffer {
    let patient = try door.enter { (heap) throws(CompoundError) in
      try heap.allocateOrWait(
        byteCount: byteCount, alignment: alignment ?? 1, isZeroed: zeroed, isTask: true,
        nanoseconds: limit.nanoseconds, SourceLabel(label, file, line))
    }
    switch patient {
    case .served(let block): return CompoundBuffer(adopting: block, of: door)
    case .waiting(let waiter):
      return CompoundBuffer(adopting: try await door.wait(for: waiter), of: door)
    }
  }

  /// Takes a buffer; where there is not enough memory, the thread waits until some is freed.
  ///
  /// In one line with the tasks that wait; see
  /// ``allocate(byteCount:alignment:zeroed:waiting:label:file:line:)-(ByteCount,_,_,_,_,_,_)``.
  ///
  /// - Parameters:
  ///   - byteCount: the size; see ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``.
  ///   - alignment: what its address is a multiple of.
  ///   - zeroed: whether it reads zero at first.
  ///   - limit: the longest wait.
  ///   - label: names the buffer in the census (``census()``).
  ///   - file: where in the program.
  ///   - line: the line there.
  /// - Returns: the buffer.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``, the error of the last
  ///   attempt when the time is over.
  @available(*, noasync, message: "a task waits with allocate(byteCount:waiting:)")
  public func allocate(
    byteCount: ByteCount, alignment: ByteCount? = nil, zeroed: Bool = false,
    blocking limit: Duration, label: StaticString = "", file: StaticString = #fileID,
    line: UInt = #line
  ) throws(CompoundError) -> CompoundBuffer {
    let block = try door.enter { (heap) throws(CompoundError) in
      let patient = try heap.allocateOrWait(
        byteCount: byteCount, alignment: alignment ?? 1, isZeroed: zeroed, isTask: false,
        nanoseconds: limit.nanoseconds, SourceLabel(label, file, line))
      switch patient {
      case .served(let block): return block
      case .waiting(let waiter):
        defer { heap.leaveLine(waiter) }
        return try heap.wait(waiter)
      }
    }
    return CompoundBuffer(adopting: block, of: door)
  }
}
