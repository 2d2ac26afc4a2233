// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// One measurement of one way.
package struct ReadRound: Equatable, Sendable {
  /// Bytes read and checked.
  package var byteCount = 0
  /// Pages that they filled.
  package var pages = 0
  /// Requests, each one `preadv`.
  package var requests = 0
  /// From the start of the first thread to the end of the last.
  package var nanoseconds: UInt64 = 1
  /// Nanoseconds for taking and releasing a page, in the middle one of all requests.
  package var workPerPage = 0.0
  /// Nanoseconds for taking and releasing all pages.
  package var working: UInt64 = 0
  /// Nanoseconds of all readers in `preadv`.
  package var reading: UInt64 = 0
  /// Nanoseconds of all hashers.
  package var hashing: UInt64 = 0
  /// Pages taken from below: from the frames, or from malloc.
  package var fromBelow = 0
  /// The share of taken pages that did not come from below; nil where nothing is recycled.
  package var recyclingRate: Double?
  /// Pages taken, from wherever.
  package var taken = 0
  /// What the pools of the readers did, where there are any.
  package var pools: [PagePoolStatistics] = []
  /// The hash of all files.
  package var hash: UInt64 = 0
  /// What went wrong, a line each.
  package var violations: [String] = []

  /// Nanoseconds for taking and releasing a page, in the mean: waiting for others, and whatever the
  /// scheduler did meanwhile, included.
  package var meanWorkPerPage: Double { pages == 0 ? 0 : Double(working) / Double(pages) }

  /// Bytes in a second.
  package var bytesPerSecond: Double { perSecond(byteCount) }
  /// Pages in a second.
  package var pagesPerSecond: Double { perSecond(pages) }
  /// The share of the threads' busy time that was spent in `preadv`, from 0 to 1.
  package var readingShare: Double {
    let busy = working + reading + hashing
    return busy == 0 ? 0 : Double(reading) / Double(busy)
  }

  private func perSecond(_ count: Int) -> Double { Double(count) * 1e9 / Double(nanoseconds) }

  /// Nothing measured.
  package init() {}

  /// What came of a measurement.
  ///
  /// - Parameters:
  ///   - tally: what the threads did.
  ///   - nanoseconds: how long they were at work.
  ///   - hash: that of what they read.
  ///   - way: where the pages came from.
  ///   - job: what they should have read.
  /// - Throws: a failure where somebody has changed a file meanwhile.
  init(
    _ tally: ReadTally, nanoseconds: UInt64, _ hash: UInt64, _ way: PageWay, _ job: ReadJob
  ) throws(CommandFailure) {
    byteCount = tally.byteCount
    pages = tally.releasing.pages
    requests = tally.requests
    self.nanoseconds = max(1, nanoseconds)
    workPerPage = tally.taking.median + tally.releasing.median
    working = tally.taking.nanoseconds + tally.releasing.nanoseconds
    reading = tally.reading
    hashing = tally.hashing
    taken = tally.taking.pages
    fromBelow = taken
    self.hash = hash
    guard tally.damaged > 0 || hash != job.hash else { return }
    if let file = job.files.first(where: \.hasChanged) {
      throw .input("\(file.path): changed while it was read")
    }
    let place = tally.firstDamaged.map { job.plan.place(ofBlock: $0) }
    let what = place.map { "\(job.files[$0.file].path): the block at byte \($0.offset)" }
    violations.append(
      "read: \(way.summary): \(what ?? "the whole") is not what pread found; "
        + "\(Format.count(tally.damaged, "damaged block"))")
  }
}
