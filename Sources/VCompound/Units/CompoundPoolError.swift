// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Why a page pool could not be opened, or had no page.
///
/// A refused request leaves nothing behind.
public enum CompoundPoolError: Error, Hashable, Sendable {
  /// The ceilings of a page pool.
  public enum Limit: String, Hashable, Sendable {
    /// The most pages.
    case out
    /// The most pages that are kept.
    case kept

    /// The largest value of either.
    package static var maximum: Int { 1 << 20 }
  }

  /// A pool cannot be opened with this limit.
  ///
  /// - Parameters:
  ///   - limit: which one, as it is spelled in ``PagePool/Limits``.
  ///   - value: what it was set to.
  case invalidLimit(Limit, value: Int)

  /// The pool has handed out as many pages as it may.
  ///
  /// - Parameter limit: how many those are.
  case exhausted(limit: Int)

  /// A fragment that is larger than the pages of its pool.
  case fragmentTooLarge(ByteCount, page: ByteCount)

  /// The allocator refused what the pool asked of it.
  case allocation(CompoundError)

  /// Calls a function, whose error is the allocator's.
  @inline(__always)
  package static func wrap<Value: ~Copyable>(
    _ body: () throws(CompoundError) -> Value
  ) throws(CompoundPoolError) -> Value {
    do throws(CompoundError) {
      return try body()
    } catch {
      throw .allocation(error)
    }
  }
}

extension CompoundPoolError: CustomStringConvertible {
  /// One line that says what went wrong and what to do.
  public var description: String {
    switch self {
    case .invalidLimit(let limit, let value):
      "invalid pool limit: \(limit.rawValue) is \(value); it is 1 ... \(Limit.maximum)"
    case .exhausted(let limit):
      "pool exhausted: all \(limit) pages are out; put some back, or raise PagePool.Limits.out"
    case .fragmentTooLarge(let size, let page):
      "fragment too large: \(size), and a page of this pool has \(page); "
        + "make the pool of a higher order, or allocate a buffer"
    case .allocation(let error): error.description
    }
  }
}
