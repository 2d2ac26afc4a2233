// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// What is told of the blocks that are listed.
extension Heap {
  /// A block that is listed.
  package struct Listed {
    package let address: UInt
    package let asked: ByteCount
    package let held: ByteCount
    package let label: SourceLabel
    package let age: Duration
    /// How many runs are stitched together; 0 for a block in one piece.
    package let stitchedRuns: Int
    package let weight: Double
  }

  /// Calls a function for every block that is listed, without a lock.
  package func forEachListed<Failure: Error>(
    _ body: (Listed) throws(Failure) -> Void
  ) throws(Failure) {
    let now = readCoarseClock()
    try census?.forEach { entry, label throws(Failure) in
      try body(
        Listed(
          address: entry.address, asked: entry.asked, held: entry.held, label: label,
          age: .nanoseconds(max(0, now - entry.time)), stitchedRuns: Int(entry.stitchedRuns),
          weight: Double(entry.weight)))
    }
  }

  /// See `CompoundAllocator.census`.
  package var arenaCensus: ArenaCensus {
    guard let census else { return ArenaCensus() }
    let now = readCoarseClock()
    var sums: [SourceLabel: Sum] = [:]
    census.forEach { sums[$1, default: Sum()].add($0) }
    census.forEachSite { sums[$0.label, default: Sum()].add($0) }
    // Labels at several addresses may say the same.
    var rows: [RowKey: ArenaCensus.Row] = [:]
    for (label, sum) in sums where sum.isAny {
      let key = RowKey(label: label.text, place: label.place)
      rows[key, default: ArenaCensus.Row(label: key.label, place: key.place)].add(sum.row(now))
    }
    var result = ArenaCensus()
    result.rows = rows.values.sorted()
    result.isEstimate = census.sampler.period > 0
    result.unlisted = census.missed
    return result
  }

  /// The census as a part of the report.
  var censusReport: String? {
    guard policy.hasCensus else { return nil }
    return "census\n" + arenaCensus.table(20)
  }
}

private struct RowKey: Hashable {
  let label: String
  let place: String?
}

/// What is added up for one label, with a fraction where blocks are sampled.
private struct Sum {
  private var blocks = 0.0
  private var asked = 0.0
  private var held = 0.0
  private var stitched = 0.0
  private var runs = 0.0
  private var first = Int.max
  private var last = 0
  private var allocations = 0.0
  private var stitches = 0
  private var refusals = 0
  private var scarcity = CensusSite.Scarcity()

  var isAny: Bool { blocks > 0 || allocations > 0 || stitches > 0 || refusals > 0 }

  mutating func add(_ entry: CensusEntry) {
    let weight = Double(entry.weight)
    blocks += weight
    asked += weight * Double(entry.asked.rawValue)
    held += weight * Double(entry.held.rawValue)
    if entry.isStitched { stitched += weight * Double(entry.held.rawValue) }
    runs += weight * Double(entry.runs)
    first = min(first, entry.time)
    last = max(last, entry.time)
  }

  mutating func add(_ site: CensusSite) {
    allocations += site.allocations
    stitches += site.stitches
    refusals += site.refusals
    if site.scarcity.time > scarcity.time { scarcity = site.scarcity }
  }

  func row(_ now: Int) -> ArenaCensus.Row {
    func age(_ time: Int) -> Duration { .nanoseconds(max(0, now - time)) }
    var row = ArenaCensus.Row()
    row.blocks = Int(blocks.rounded())
    row.asked = ByteCount(Int(asked.rounded()))
    row.held = ByteCount(Int(held.rounded()))
    row.stitched = ByteCount(Int(stitched.rounded()))
    row.runs = Int(runs.rounded())
    if blocks > 0 {
      row.oldest = age(first)
      row.youngest = age(last)
    }
    row.allocations = Int(allocations.rounded())
    row.stitches = stitches
    row.refusals = refusals
    if scarcity.time > 0 {
      row.scarcity = ArenaCensus.Scarcity(
        age: age(scarcity.time), isRefusal: scarcity.isRefusal, order: scarcity.order.rawValue,
        free: scarcity.free, longestRun: scarcity.longestRun,
        unusableFreeSpaceIndex: scarcity.unusable)
    }
    return row
  }
}
