// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A number of things of one kind: what bytes and pages have in common.
///
/// Arithmetic traps on overflow, as `Int` does. Negative counts exist; every request refuses them.
/// A count is coded as the plain number.
public protocol Count: Hashable, Comparable, Sendable, ExpressibleByIntegerLiteral,
  AdditiveArithmetic, Codable
{
  /// The number as a plain integer.
  var rawValue: Int { get set }

  /// Makes a count of so many things.
  init(_ rawValue: Int)
}

extension Count {
  /// Makes a count from a literal.
  @inlinable
  public init(integerLiteral value: Int) { self.init(value) }

  /// The sum of two counts.
  @inlinable
  public static func + (left: Self, right: Self) -> Self { Self(left.rawValue + right.rawValue) }

  /// The difference of two counts.
  @inlinable
  public static func - (left: Self, right: Self) -> Self { Self(left.rawValue - right.rawValue) }

  /// Whether the left count is smaller.
  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

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
}
