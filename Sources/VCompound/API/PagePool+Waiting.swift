// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension PagePool {
  /// Takes a page; where there is none, the task waits until one comes back, or memory is freed.
  ///
  /// While as many pages as the limit are out, it waits for the next one that is let go of, on any
  /// thread, which is handed over to it. While the arena has no memory, it waits in the allocator's
  /// line, as
  /// ``CompoundAllocator/allocate(byteCount:alignment:zeroed:waiting:label:file:line:)-(ByteCount,_,_,_,_,_,_)``
  /// does. A page that is there costs no wait, and no change of the thread.
  ///
  /// The pool is in use until it is done: one consumer waits at most. An actor cannot lend a pool
  /// that it stores for so long; it takes the pool out of an optional property, and puts it back:
  ///
  /// ```swift
  /// struct Busy: Error {}
  /// actor Receiver {
  ///   var pool: PagePool?
  ///   init(_ pool: consuming PagePool) { self.pool = consume pool }
  ///
  ///   func receive() async throws {
  ///     guard var pool = pool.take() else { throw Busy() }
  ///     do {
  ///       let page = try await pool.take(waiting: .seconds(1))
  ///       print(page.byteCount)
  ///     } catch {
  ///       print("no page: \(error)")
  ///     }
  ///     self.pool = consume pool
  ///   }
  /// }
  /// ```
  ///
  /// - Parameters:
  ///   - zeroed: whether it reads zero at first; else its contents are whatever they are.
  ///   - limit: the longest wait.
  ///   - label: names the holder, for ``close(_:)`` and ``monitor``.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the page.
  /// - Throws: what ``take(zeroed:label:file:line:)`` throws, when the time is over;
  ///   `CancellationError` where the task is cancelled before.
  nonisolated(nonsending)
    public mutating func take(
      zeroed: Bool = false, waiting limit: Duration, label: StaticString = "",
      file: StaticString = #fileID, line: UInt = #line
    ) async throws -> PooledPage
  {
    finishCuttingIfShort()
    let index = try await core.take(
      PoolHolder(label, file, line), waiting: limit.nanoseconds)
    return page(index, zeroed: zeroed)
  }

  /// Takes a page; where there is none, the thread waits until one comes back, or memory is freed.
  ///
  /// As ``take(zeroed:waiting:label:file:line:)``, for threads. (BSD: `uma_zalloc` with `M_WAITOK`
  /// and a limit, `uma_zone_set_max`.)
  ///
  /// - Parameters:
  ///   - zeroed: whether it reads zero at first.
  ///   - limit: the longest wait.
  ///   - label: names the holder.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the page.
  /// - Throws: what ``take(zeroed:label:file:line:)`` throws, when the time is over.
  @available(*, noasync, message: "a task waits with take(waiting:)")
  public mutating func take(
    zeroed: Bool = false, blocking limit: Duration, label: StaticString = "",
    file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundPoolError) -> PooledPage {
    finishCuttingIfShort()
    let index = try core.take(PoolHolder(label, file, line), blocking: limit.nanoseconds)
    return page(index, zeroed: zeroed)
  }

  /// Takes a part of a page; where there is no page to cut it from, the task waits for one.
  ///
  /// As ``takeFragment(byteCount:alignment:label:file:line:)-(ByteCount,_,_,_,_)``, and as
  /// ``take(zeroed:waiting:label:file:line:)`` while it waits.
  ///
  /// - Parameters:
  ///   - byteCount: from 1 byte to a page.
  ///   - alignment: what its address is a multiple of: a power of two up to the page.
  ///   - limit: the longest wait.
  ///   - label: names the holder.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: what the one that does not wait throws, when the time is over; `CancellationError`
  ///   where the task is cancelled before.
  nonisolated(nonsending)
    public mutating func takeFragment(
      byteCount: ByteCount, alignment: ByteCount = 64, waiting limit: Duration,
      label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
    ) async throws -> PageFragment
  {
    try check(byteCount, alignment)
    let holder = PoolHolder(label, file, line)
    if needsPage(byteCount, alignment, holder) {
      // It has no room: from now on it goes with its last fragment, which may end the wait.
      finishCutting()
      beginCutting(try await core.take(holder, waiting: limit.nanoseconds))
    }
    return cut(byteCount, alignment)
  }

  /// Takes a part of a page; where there is no page to cut it from, the thread waits for one.
  ///
  /// As ``takeFragment(byteCount:alignment:waiting:label:file:line:)-(ByteCount,_,_,_,_,_)``, for
  /// threads.
  ///
  /// - Parameters:
  ///   - byteCount: from 1 byte to a page.
  ///   - alignment: what its address is a multiple of: a power of two up to the page.
  ///   - limit: the longest wait.
  ///   - label: names the holder.
  ///   - file: where in the program; noted in checked builds.
  ///   - line: the line there.
  /// - Returns: the fragment.
  /// - Throws: what the one that does not wait throws, when the time is over.
  @available(*, noasync, message: "a task waits with takeFragment(byteCount:waiting:)")
  public mutating func takeFragment(
    byteCount: ByteCount, alignment: ByteCount = 64, blocking limit: Duration,
    label: StaticString = "", file: StaticString = #fileID, line: UInt = #line
  ) throws(CompoundPoolError) -> PageFragment {
    try check(byteCount, alignment)
    let holder = PoolHolder(label, file, line)
    if needsPage(byteCount, alignment, holder) {
      // It has no room: from now on it goes with its last fragment, which may end the wait.
      finishCutting()
      beginCutting(try core.take(holder, blocking: limit.nanoseconds))
    }
    return cut(byteCount, alignment)
  }

  /// Leaves the page that fragments are cut from to these, where it is among those to wait for:
  /// it goes with the last of them then.
  private mutating func finishCuttingIfShort() {
    if cutting.page != nil, core.isShort { finishCutting() }
  }
}
