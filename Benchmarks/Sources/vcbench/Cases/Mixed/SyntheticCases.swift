// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases of mixed sizes that need no file: bursts, and blocks freed by another thread.
enum SyntheticCases {
  /// The bytes of a burst from which on its footprint is told.
  private static let leastForFootprint = 4 << 20

  static let all = BurstWork.lengths.map(bursts) + [handed]

  private static func bursts(_ length: Int) -> BenchCase {
    let name = "mixed.bursts.\(length)"
    return BenchCase(
      name, .bursts, "\(length) blocks of one size allocated, then all freed, sizes in turn",
      needsPeers: true
    ) { (context) throws(CommandFailure) in
      var task = WorkerTask(.bursts, .pointer)
      task.byteCount = length
      let field = Field(context, withBuffers: false)
      let reports = try field.measure(context, name, [task])[0]
      let sizes = BurstWork.sizes.map(Format.size).joined(separator: ", ")
      let live = length * BurstWork.sizes.reduce(0, max)
      guard live >= leastForFootprint else {
        var result = BenchResult(
          field.rows(reports, .nanoseconds, comparing: true) { $0.lap.nanosecondsPerOperation })
        result.notes = [
          "sizes: \(sizes)",
          "no footprint: \(Format.size(live)) are less than what processes have from the start",
        ]
        return result
      }
      var result = BenchResult(field.timesAndFootprints(reports))
      result.notes = ["sizes: \(sizes)", Field.footprintNote]
      return result
    }
  }

  private static let handed = BenchCase(
    "mixed.handed", .handed, "blocks of 16 bytes to 64 KiB, freed by another thread in batches",
    needsPeers: true
  ) { (context) throws(CommandFailure) in
    let field = Field(context, withBuffers: false)
    let reports = try field.measure(
      context, "mixed.handed", [WorkerTask(.handed, .pointer)])[0]
    let both = field.rows(reports, .nanoseconds, comparing: true) {
      $0.lap.nanosecondsPerOperation + $0.freeing.nanosecondsPerOperation
    }
    let sides = [
      both,
      field.rows(reports, .nanoseconds, suffix: ", allocating") {
        $0.lap.nanosecondsPerOperation
      },
      field.rows(reports, .nanoseconds, suffix: ", freeing") {
        $0.freeing.nanosecondsPerOperation
      },
      field.footprints(reports),
    ]
    var result = BenchResult(both.indices.flatMap { index in sides.map { $0[index] } })
    result.notes = [
      "processor time of the calls, for batches of \(HandedWork.batch); allocating includes a "
        + "touch of every page", Field.footprintNote,
    ]
    return result
  }
}
