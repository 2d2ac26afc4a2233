// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The size class of a power-of-two block: a block of order *k* has 2^*k* pages.
@frozen
public struct PageOrder: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral {
  /// The exponent, from 0 (one page) to 51 (the whole of a 63-bit address space).
  public let rawValue: Int

  /// Makes an order.
  ///
  /// - Parameter rawValue: the exponent; the program stops unless it is 0 ... 51.
  @inlinable
  public init(_ rawValue: Int) {
    precondition(0 <= rawValue && rawValue <= 51, "an order is 0 ... 51")
    self.rawValue = rawValue
  }

  /// Makes an order from a literal.
  @inlinable
  public init(integerLiteral value: Int) {
    self.init(value)
  }

  /// The order whose blocks have exactly `pages` pages, or nil where that is no power of two.
  @inlinable
  public init?(exactly pages: PageCount) {
    guard pages.rawValue > 0, pages.rawValue & (pages.rawValue - 1) == 0 else { return nil }
    self.init(pages.rawValue.trailingZeroBitCount)
  }

  /// The smallest order whose blocks hold `pages` pages (Linux: `get_order`).
  ///
  /// - Parameter pages: at least 1, or the program stops.
  @inlinable
  public init(covering pages: PageCount) {
    precondition(pages.rawValue > 0, "no order covers \(pages)")
    self.init(Int.bitWidth - (pages.rawValue - 1).leadingZeroBitCount)
  }

  /// The order of a chunk, 9: what one huge page of x86-64 maps.
  @inlinable
  public static var chunk: PageOrder { 9 }

  /// The pages in a block of this order.
  @inlinable
  public var pageCount: PageCount { PageCount(1 << rawValue) }

  /// The size of a block of this order; `Int.max` bytes where that is more.
  @inlinable
  package var byteCount: ByteCount {
    ByteCount(rawValue <= 50 ? 1 << (rawValue + PageCount.pageShift) : .max)
  }

  /// Whether blocks of the left order are smaller.
  @inlinable
  public static func < (left: PageOrder, right: PageOrder) -> Bool {
    left.rawValue < right.rawValue
  }
}
