// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The time that pages took, in all and for each request.
package struct PageWork: Equatable, Sendable {
  /// Enough for the median of a measurement; what comes later is only added up.
  private static let most = 1 << 16

  /// Nanoseconds in all.
  package private(set) var nanoseconds: UInt64 = 0
  /// Pages in all.
  package private(set) var pages = 0
  private var perPage: [Float] = []

  /// No work yet.
  package init() {}

  /// Adds the work of one request.
  package mutating func add(pages: Int, nanoseconds: UInt64) {
    self.nanoseconds += nanoseconds
    self.pages += pages
    guard pages > 0, perPage.count < Self.most else { return }
    perPage.append(Float(nanoseconds) / Float(pages))
  }

  /// Adds what another thread did.
  mutating func add(_ other: PageWork) {
    nanoseconds += other.nanoseconds
    pages += other.pages
    perPage += other.perPage
  }

  /// The nanoseconds for a page in the middle one of all requests; 0 where there was none.
  ///
  /// The mean would tell more of the scheduler, which stops threads anywhere, than of the work.
  package var median: Double {
    perPage.isEmpty ? 0 : Spread(perPage.map(Double.init)).median
  }
}

/// What threads did, added up.
struct ReadTally: Sendable {
  /// Requests whose bytes were checked.
  var requests = 0
  /// The bytes of those.
  var byteCount = 0
  /// Blocks that have another hash than at first, each time they were read.
  var damaged = 0
  /// The first of those.
  var firstDamaged: Int?
  /// Taking pages.
  var taking = PageWork()
  /// Releasing pages.
  var releasing = PageWork()
  /// Nanoseconds in `preadv`.
  var reading: UInt64 = 0
  /// Nanoseconds of hashing.
  var hashing: UInt64 = 0
  /// What ended a thread too early.
  var failure: CommandFailure?

  /// Adds what another thread did.
  mutating func add(_ other: ReadTally) {
    requests += other.requests
    byteCount += other.byteCount
    damaged += other.damaged
    firstDamaged = [firstDamaged, other.firstDamaged].compactMap { $0 }.min()
    taking.add(other.taking)
    releasing.add(other.releasing)
    reading += other.reading
    hashing += other.hashing
    failure = failure ?? other.failure
  }
}
