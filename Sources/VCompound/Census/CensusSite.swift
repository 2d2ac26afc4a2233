// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A label, and what has become of the requests that had it.
package struct CensusSite: BitwiseCopyable {
  package let label: SourceLabel

  /// The blocks allocated: an estimate where only some are listed.
  package var allocations: Double = 0

  /// The blocks that were stitched.
  package var stitches = 0

  /// The requests that were refused.
  package var refusals = 0

  /// How fragmented the free memory was when a request was last stitched or refused.
  package var scarcity = Scarcity()

  init(_ label: SourceLabel) { self.label = label }

  /// How fragmented the free memory was at some moment, for one size.
  package struct Scarcity: BitwiseCopyable {
    /// When, by `readCoarseClock`; 0 for never.
    package var time = 0
    /// The smallest order of blocks in which the request fits.
    package var order: PageOrder = 0
    /// Whether it was refused; else it was stitched.
    package var isRefusal = false
    /// The free pages.
    package var free: PageCount = 0
    /// The longest run of them.
    package var longestRun: PageCount = 0
    /// The share of them that is of no use to a buddy allocator for the order.
    package var unusable: Double = 0

    package init() {}
  }
}

/// The labels of one shard, by number; number 0 stands for those that find no room.
struct CensusSites {
  /// The sites, in the order in which they came.
  private let sites: SharedTable<CensusSite>
  /// Where a label is expected: the site's number, or 0.
  private let index: SharedTable<UInt16>
  private(set) var count = 0

  /// The most labels; a program has some dozens.
  static var limit: Int { 1000 }
  /// A power of two, twice as many at least.
  static var indexCount: Int { 2048 }

  init(_ sites: SharedTable<CensusSite>, _ index: SharedTable<UInt16>) {
    self.sites = sites
    self.index = index
  }

  subscript(number: Int) -> CensusSite { sites.load(number) }

  /// The number of a label's site, which is made where there is none.
  mutating func number(_ label: SourceLabel) -> Int {
    if count == 0 { _ = add(.others) }
    var place = Int(truncatingIfNeeded: label.hash >> 40) & (Self.indexCount - 1)
    while true {
      let number = Int(index.load(place))
      if number == 0 { break }
      if sites.load(number).label == label { return number }
      place = (place + 1) & (Self.indexCount - 1)
    }
    guard count < Self.limit else { return 0 }
    index.store(UInt16(count), at: place)
    return add(label)
  }

  private mutating func add(_ label: SourceLabel) -> Int {
    sites.store(CensusSite(label), at: count)
    count += 1
    return count - 1
  }

  /// Changes a site.
  func update(_ number: Int, _ body: (inout CensusSite) -> Void) { sites.update(number, body) }
}
