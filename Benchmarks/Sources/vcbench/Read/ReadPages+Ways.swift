// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

// The four ways to get pages.

/// Slots that one call fills, and one call empties.
struct BulkPages: ReadPages, ~Copyable {
  private let allocator: CompoundAllocator
  private var slots: PageSlots

  init(count: Int, from source: CompoundAllocator) {
    allocator = source
    slots = PageSlots(count: count, allocator: source)
  }

  /// Fills all slots, whatever the request needs: what it leaves is there for the next one.
  mutating func fill(_ count: Int, from source: CompoundAllocator) throws(CommandFailure) -> Int {
    do throws(CompoundError) {
      return try source.allocate(into: &slots, demand: .atLeast(count)).newlyTaken
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  func address(_ index: Int) -> UnsafeMutableRawPointer {
    unsafe slots.baseAddress(at: index)
  }

  /// In one call where that is all there are, else one by one.
  mutating func release(_ count: Int) {
    if count == slots.filledCount { return slots.removeAll() }
    for index in 0..<count { _ = slots.take(at: index) }
  }
}

extension CompoundBuffer: ReadPage {
  var start: UnsafeMutableRawPointer { unsafe baseAddress }

  static func take(
    _ count: Int, from source: CompoundAllocator, _ sink: (consuming CompoundBuffer) -> Void
  ) throws(CommandFailure) {
    do throws(CompoundError) {
      for _ in 0..<count { sink(try source.allocate(byteCount: .page)) }
    } catch {
      throw CompoundSource.failure(error)
    }
  }
}

/// The pool of one reader.
///
/// Invariant: it is used by one thread at a time: by its reader while that runs, before and
/// afterwards by the thread that started it. Pages come back from any.
final class ReadPool: @unchecked Sendable {
  private var pool: PagePool?

  /// Opens a pool for so many pages in flight.
  ///
  /// It keeps twice as many: a share of what it may keep is for the cache of the reader alone, and
  /// when all come back at once the rest should have room for them.
  init(_ allocator: CompoundAllocator, inFlight pages: Int) throws(CommandFailure) {
    do throws(CompoundPoolError) {
      pool = try PagePool(allocator: allocator, limits: .init(out: pages, kept: 2 * pages))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  /// What it has done; nil once it is closed.
  var statistics: PagePoolStatistics? { pool?.statistics }

  /// Uses the pool for a while, which does nothing once it is closed.
  @inline(__always)
  func use(_ body: (inout PagePool) throws(CompoundPoolError) -> Void) throws(CompoundPoolError) {
    // As a local value nobody need check that two accesses do not overlap.
    guard var pool = pool.take() else { return }
    do throws(CompoundPoolError) {
      try body(&pool)
    } catch {
      self.pool = consume pool
      throw error
    }
    self.pool = consume pool
  }

  /// Closes the pool.
  ///
  /// - Returns: whoever still has a page.
  func close() -> [PagePool.Holder] {
    guard let pool = pool.take() else { return [] }
    return pool.close().holders
  }
}

extension PooledPage: ReadPage {
  var start: UnsafeMutableRawPointer { unsafe baseAddress }

  static func take(
    _ count: Int, from source: ReadPool, _ sink: (consuming PooledPage) -> Void
  ) throws(CommandFailure) {
    do throws(CompoundPoolError) {
      try source.use { (pool) throws(CompoundPoolError) in
        for _ in 0..<count { sink(try pool.take(label: "vcbench read")) }
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }
}

/// A page of malloc is at whatever address that gives.
extension MallocPage: ReadPage {
  var start: UnsafeMutableRawPointer { unsafe place }

  static func take(
    _ count: Int, from source: Void, _ sink: (consuming MallocPage) -> Void
  ) throws(CommandFailure) {
    for _ in 0..<count { sink(try MallocPage.taken()) }
  }
}
