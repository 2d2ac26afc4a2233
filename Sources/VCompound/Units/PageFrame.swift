// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One page of the arena's memory, by its index: frame *n* lies *n* pages into the linear map.
@frozen
public struct PageFrame: Hashable, Comparable, Sendable {
  /// The index, from 0 to the arena's page count less one.
  public let rawValue: Int

  /// Names the frame with this index.
  @inlinable
  public init(_ rawValue: Int) {
    self.rawValue = rawValue
  }

  /// The frame `pages` pages further on.
  @inlinable
  public static func + (frame: PageFrame, pages: PageCount) -> PageFrame {
    PageFrame(frame.rawValue + pages.rawValue)
  }

  /// The pages from the right frame to the left one.
  @inlinable
  public static func - (left: PageFrame, right: PageFrame) -> PageCount {
    PageCount(left.rawValue - right.rawValue)
  }

  /// Whether the left frame lies lower in the arena.
  @inlinable
  public static func < (left: PageFrame, right: PageFrame) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension PageFrame: CustomStringConvertible {
  /// The index with a mark that tells frames from other numbers: `"F17"`.
  public var description: String { "F\(rawValue)" }
}

/// Consecutive frames of the arena.
@frozen
public struct FrameRun: Hashable, Sendable {
  /// The lowest frame.
  public let first: PageFrame

  /// How many frames there are, at least 1.
  public let pageCount: PageCount

  /// Names `pageCount` frames from `first` on.
  @inlinable
  public init(first: PageFrame, pageCount: PageCount) {
    self.first = first
    self.pageCount = pageCount
  }

  /// The frame after the last one.
  @inlinable
  public var end: PageFrame { first + pageCount }

  /// The first `pages` frames of the run.
  @inlinable
  package func prefix(_ pages: PageCount) -> FrameRun {
    FrameRun(first: first, pageCount: pages)
  }

  /// What is left of the run behind its first `pages` frames.
  @inlinable
  package func dropping(_ pages: PageCount) -> FrameRun {
    FrameRun(first: first + pages, pageCount: pageCount - pages)
  }
}

extension FrameRun: CustomStringConvertible {
  /// The run as its first frame and its length: `"F17+4"`.
  public var description: String { "\(first)+\(pageCount.rawValue)" }
}
