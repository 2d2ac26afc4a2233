// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Measures a schedule on VCompound and on all the mallocs.
package enum SteadyCase {
  /// The arena of VCompound for each page alive at the peak.
  static let capacityRatio = Ratio(millionths: 1_200_000)

  /// What an arena has beside that where small blocks share pages with others of their size.
  private static let slack = 4 << 20

  /// Measures one.
  ///
  /// - Parameters:
  ///   - context: the options, and what runs children.
  ///   - name: the case's.
  ///   - schedule: what happens.
  ///   - path: the file that it is made from.
  ///   - scale: the share of the file's live objects that it has.
  ///   - words: a note on what it is.
  /// - Returns: time and footprint of all of them.
  /// - Throws: the failure of a child, or that there is not so much memory.
  static func measure(
    _ context: BenchContext, _ name: String, _ schedule: BlockSchedule, path: String,
    scale: Double = 1, words: String
  ) throws(CommandFailure) -> BenchResult {
    let peak = schedule.peak(of: schedule.events.count)
    try checkMemory(peak, path)
    let pages = capacityRatio.roundedUp(of: peak.pages) ?? peak.pages
    let capacity = pages * LivePeak.pageSize + (schedule.alignsToPages ? 0 : slack)
    let file = try ScheduleFile(schedule, capacity: capacity)
    var task = WorkerTask(.steady, .pointer)
    task.path = file.path
    let field = Field(context, withBuffers: false)
    let reports = try field.measure(context, name, [task])[0]
    // Children find it by our descriptor.
    _ = consume file
    var result = BenchResult(field.timesAndFootprints(reports))
    let blocks = reports[0].reduce(0) { $0 + $1.blocks }
    let stitched = reports[0].reduce(0) { $0 + $1.stitchedBlocks }
    result.counts = [
      .init("scale", scale), .init("blocks", Double(blocks)),
      .init("stitchedBlocks", Double(stitched)),
    ]
    let slackWords = schedule.alignsToPages ? "" : " and \(Format.size(slack))"
    result.notes = [
      words,
      "VCompound, in an arena of \(capacityRatio) times the peak\(slackWords), stitched "
        + "\(Format.count(stitched)) of \(Format.count(blocks, "block"))",
      Field.footprintNote,
    ]
    return result
  }

  /// Refuses a schedule that needs more memory than there is.
  ///
  /// - Parameters:
  ///   - peak: what is alive at once in every child.
  ///   - path: the file that it is made from.
  ///   - memory: the memory that can be had.
  /// - Throws: a failure that tells what is needed.
  package static func checkMemory(
    _ peak: LivePeak, _ path: String, _ memory: MachineMemory = MachineMemory()
  ) throws(CommandFailure) {
    try memory.check(
      peak.pageByteCount, for: "the peak of \(path)", "leave the largest sizes out of it")
  }
}
