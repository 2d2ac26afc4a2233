// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The ways to come by pages that are compared.
package enum ReceiveWay: String, CaseIterable, Sendable {
  case pool
  case bulk
  case frames
  case malloc
  case ring

  /// What it is, in half a line.
  package var summary: String {
    switch self {
    case .pool: "page pool"
    case .bulk: "bulk, no pool"
    case .frames: "page by page"
    case .malloc: "malloc"
    case .ring: "bare ring"
    }
  }
}

/// A page of 4 KiB that a datagram is received into; dropping it lets go of it, on any thread.
///
/// Each way has a type of page of its own, and loops that are generic over it: nothing is looked up
/// at run time for a datagram. The page names its supply, not the other way round, since the type
/// that a protocol names must be one that can be copied.
package protocol ReceivePage: ~Copyable, Sendable {
  /// Where such pages come from.
  associatedtype Supply: PageSupply

  /// The first byte.
  @unsafe var baseAddress: UnsafeMutableRawPointer { get }

  /// Fills the empty places of a rack, on the receiver's thread.
  static func fill(_ rack: inout PageRack<Self>, from supply: Supply) throws(CommandFailure)

  /// Lets go of all pages of a rack, on the consumer's thread.
  static func release(_ rack: inout PageRack<Self>, to supply: Supply)
}

extension ReceivePage where Self: ~Copyable {
  package static func release(_ rack: inout PageRack<Self>, to supply: Supply) {
    rack.removeAll()
  }
}

/// Where the pages of a way come from.
package protocol PageSupply: AnyObject, Sendable {
  /// Makes a supply of so many pages at most.
  init(pages: Int) throws(CommandFailure)

  /// What there is to tell about the pages taken so far.
  var account: PageAccount { get }

  /// Ends it, when neither the receiver nor the consumer has a page any more.
  ///
  /// - Returns: what is still out all the same.
  func end() -> PagesOut
}

/// What is still out at the end of a run, and should not be.
package struct PagesOut: Equatable, Sendable {
  /// Pages that did not come back.
  package var pages = 0

  /// Bytes that the allocator has in use.
  package var liveBytes = 0

  /// Whether everything came back.
  package var isNone: Bool { pages == 0 && liveBytes == 0 }
}

/// What there is to tell about pages.
package struct PageAccount: Equatable, Sendable {
  /// Pages taken from below: from the frames, or from malloc.
  package var fromBelow = 0
  /// The share of pages that were used again without asking below; nil where nobody counts.
  package var recyclingRate: Double?
}
