// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A number of bytes.
///
/// Bytes, pages, orders and frames are different types on purpose: passing one where another was
/// meant (bytes for an order, in a driver that used Linux's virtual compound pages) does not
/// compile. Arithmetic traps on overflow, as `Int` does.
@frozen
public struct ByteCount: UnitCount {
  /// The number as a plain integer.
  public var rawValue: Int

  /// Makes a count of `rawValue` bytes.
  ///
  /// Negative counts exist; every request refuses them.
  @inlinable
  public init(_ rawValue: Int) {
    self.rawValue = rawValue
  }

  /// Makes the count of the bytes of an array's elements: `count` times the stride of the type
  /// (C: `calloc` and `reallocarray` check the same product).
  ///
  /// - Parameters:
  ///   - count: the elements.
  ///   - type: their type.
  /// - Throws: ``CompoundError/sizeOverflow(count:stride:)``.
  @inlinable
  public init<Element: ~Copyable>(
    count: Int, of type: Element.Type
  ) throws(CompoundError) {
    let stride = MemoryLayout<Element>.stride
    let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
    guard !overflow else { throw .sizeOverflow(count: count, stride: ByteCount(stride)) }
    rawValue = bytes
  }

  /// One page: 4,096 bytes, the frame of memory that everything here is counted in.
  @inlinable
  public static var page: ByteCount { ByteCount(PageCount.bytesPerPage) }

  /// One chunk: 2 MiB, what a huge page of x86-64 maps.
  @inlinable
  public static var chunk: ByteCount {
    ByteCount(PageCount.bytesPerPage * PageCount.pagesPerChunk)
  }

  /// `count` times 1,024 bytes.
  @inlinable
  public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }

  /// `count` times 1,048,576 bytes.
  @inlinable
  public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

  /// `count` times 1,073,741,824 bytes.
  @inlinable
  public static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

  /// `count` times 1,099,511,627,776 bytes.
  @inlinable
  public static func tebibytes(_ count: Int) -> ByteCount { ByteCount(count << 40) }

  /// Whether the count is a power of two, as an alignment must be.
  @inlinable
  public var isPowerOfTwo: Bool { rawValue > 0 && rawValue & (rawValue - 1) == 0 }
}

extension ByteCount: CustomStringConvertible {
  /// The count in bytes, with the unit written out: `"8192 bytes"`.
  public var description: String { rawValue == 1 ? "1 byte" : "\(rawValue) bytes" }
}
