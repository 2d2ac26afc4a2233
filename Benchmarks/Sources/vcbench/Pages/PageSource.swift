// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A page of 4 KiB from a source; dropping it lets go of it, on any thread.
///
/// Each way to come by pages has a type of page of its own, and what is measured is generic over
/// it: nothing is looked up at run time for a page. The page names its source, not the other way
/// round, since the type that a protocol names must be one that can be copied.
package protocol SourcePage: ~Copyable, Sendable {
  /// Where such pages come from.
  associatedtype Source: PageSource

  /// The first byte.
  @unsafe var baseAddress: UnsafeMutableRawPointer { get }

  /// Puts so many pages into a rack that has room for them, on a thread that takes pages.
  static func fill(
    _ rack: inout PageRack<Self>, _ count: Int, from source: Source
  ) throws(CommandFailure)

  /// Lets go of all pages of a rack, on a thread that puts pages back.
  static func release(_ rack: inout PageRack<Self>, to source: Source)
}

extension SourcePage where Self: ~Copyable {
  package static func release(_ rack: inout PageRack<Self>, to source: Source) {
    rack.removeAll()
  }
}

extension PageRack where Page: SourcePage & ~Copyable {
  /// Fills all places.
  @inline(__always)
  mutating func fill(from source: Page.Source) throws(CommandFailure) {
    try Page.fill(&self, emptyCount, from: source)
  }

  /// Lets go of all pages.
  @inline(__always)
  mutating func release(to source: Page.Source) { Page.release(&self, to: source) }
}

/// Where the pages of a way come from.
package protocol PageSource: AnyObject, Sendable {
  /// Makes a source of so many pages at most.
  init(pages: Int) throws(CommandFailure)

  /// What there is to tell about so many pages, all that were taken so far.
  func account(taken: Int) -> PageAccount

  /// Gives up what it keeps, when nobody has a page any more; a pool is closed.
  ///
  /// - Returns: what is out all the same.
  func settle() -> PagesOut
}

extension PageSource {
  /// That of a source that recycles nothing.
  package func account(taken: Int) -> PageAccount { PageAccount(fromBelow: taken) }
}

/// What is still out at the end, and should not be.
package struct PagesOut: Equatable, Sendable, CustomStringConvertible {
  /// Pages that did not come back.
  package var pages: Int

  /// Bytes that the allocator has in use.
  package var liveBytes = 0

  /// Nothing is out, or so much.
  package init(pages: Int = 0) { self.pages = pages }

  /// What an allocator has out; an empty slab may stay for the next small block.
  ///
  /// - Parameters:
  ///   - allocator: where all pages came from.
  ///   - pages: those that are known to be out.
  init(_ allocator: CompoundAllocator, atLeast pages: Int = 0) {
    let statistics = allocator.statistics
    self.pages = max(pages, statistics.liveBlocks)
    liveBytes = (statistics.live - statistics.slabs).rawValue
  }

  /// Whether everything came back.
  package var isNone: Bool { pages == 0 && liveBytes == 0 }

  package var description: String {
    "\(Format.count(pages, "page")) still out at the end, \(Format.size(liveBytes)) in use"
  }
}

/// What there is to tell about pages.
package struct PageAccount: Equatable, Sendable {
  /// Pages taken from below: from the frames, or from malloc.
  package var fromBelow: Int
  /// The share of pages that were used again without asking below; nil where nothing is recycled.
  package var recyclingRate: Double?

  /// Holds these.
  package init(fromBelow: Int = 0, recyclingRate: Double? = nil) {
    self.fromBelow = fromBelow
    self.recyclingRate = recyclingRate
  }

  /// What there is to tell where so many of the pages taken were new, and all others came back.
  init(fresh: Int, of taken: Int) {
    self.init(
      fromBelow: fresh, recyclingRate: taken == 0 ? 0 : 1 - Double(fresh) / Double(taken))
  }
}
