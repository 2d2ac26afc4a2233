// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A number of pages, or of the frames that back them.
@frozen
public struct PageCount: UnitCount {
  /// The number as a plain integer.
  public var rawValue: Int

  /// Makes a count of `rawValue` pages.
  ///
  /// Negative counts exist; every request refuses them.
  @inlinable
  public init(_ rawValue: Int) {
    self.rawValue = rawValue
  }

  /// The fewest pages that hold `bytes` bytes.
  @inlinable
  public init(covering bytes: ByteCount) {
    // Not `(bytes + 4095) / 4096`, which overflows for the last 4,095 values of Int.
    let whole = bytes.rawValue >> PageCount.pageShift
    let rest = bytes.rawValue & (PageCount.bytesPerPage - 1)
    self.rawValue = whole + (rest == 0 ? 0 : 1)
  }

  /// The size of these pages in bytes.
  ///
  /// Traps if it is more than `Int.max`.
  @inlinable
  public var byteCount: ByteCount { ByteCount(rawValue * PageCount.bytesPerPage) }

  /// The base-2 logarithm of the page size.
  ///
  /// The allocator checks at start that the kernel agrees.
  @inlinable
  package static var pageShift: Int { 12 }

  /// The bytes in one page.
  @inlinable
  package static var bytesPerPage: Int { 1 << pageShift }

  /// The frames in one chunk: a huge page of x86-64 is 2 MiB, which is 512 pages.
  @inlinable
  package static var pagesPerChunk: Int { 512 }
}

extension PageCount: CustomStringConvertible {
  /// The count with its unit: `"3 pages"`.
  public var description: String { rawValue == 1 ? "1 page" : "\(rawValue) pages" }
}
