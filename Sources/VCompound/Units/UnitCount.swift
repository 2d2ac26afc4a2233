// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A number of bytes or of pages: what ``ByteCount`` and ``PageCount`` have in common.
///
/// Arithmetic traps on overflow, as `Int` does. Negative counts exist; every request refuses them.
/// A count is coded as the plain number.
public protocol UnitCount: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral,
  AdditiveArithmetic, Codable
{
  /// The number as a plain integer.
  var rawValue: Int { get set }

  /// Makes a count of so many units.
  init(_ rawValue: Int)
}

extension UnitCount {
  /// Makes a count from a literal.
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }

  /// Reads a plain number.
  ///
  /// - Throws: what the decoder throws.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(Int.self))
  }

  /// Writes the plain number.
  ///
  /// - Throws: what the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  // MARK: - Arithmetic

  /// The sum of two counts.
  @inlinable
  public static func + (left: Self, right: Self) -> Self { Self(left.rawValue + right.rawValue) }

  /// The difference of two counts.
  @inlinable
  public static func - (left: Self, right: Self) -> Self { Self(left.rawValue - right.rawValue) }

  /// The count so many times.
  @inlinable
  public static func * (left: Self, right: Int) -> Self { Self(left.rawValue * right) }

  /// The count so many times.
  @inlinable
  public static func * (left: Int, right: Self) -> Self { Self(left * right.rawValue) }

  /// One of so many equal parts, without the remainder.
  @inlinable
  public static func / (left: Self, right: Int) -> Self { Self(left.rawValue / right) }

  /// How often the right count goes into the left one.
  @inlinable
  public static func / (left: Self, right: Self) -> Int { left.rawValue / right.rawValue }

  /// What is left when the right count has gone into the left one as often as it does.
  @inlinable
  public static func % (left: Self, right: Self) -> Self { Self(left.rawValue % right.rawValue) }

  /// Whether the left count is smaller.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The least multiple of another count that is not less than this one.
  ///
  /// - Parameter other: 1 or more.
  /// - Returns: the multiple; the program stops where it is more than `Int.max`.
  @inlinable
  public func rounded(upToMultipleOf other: Self) -> Self {
    let rest = rawValue % other.rawValue
    return rest > 0 ? Self(rawValue - rest + other.rawValue) : Self(rawValue - rest)
  }
}

extension Int {
  /// The number of bytes or of pages as a plain integer.
  @inlinable
  public init(_ count: some UnitCount) { self = count.rawValue }
}
