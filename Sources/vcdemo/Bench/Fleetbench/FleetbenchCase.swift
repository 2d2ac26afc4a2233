// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases made from files of Fleetbench.
package enum FleetbenchCase {
  /// How their names begin.
  package static let prefix = "fleetbench"

  /// A case for each file.
  package static func all(_ paths: [String]) -> [BenchCase] {
    zip(names(paths), paths).map(benchCase)
  }

  /// The names of the files' cases: by the number at the end of a file's name where every file has
  /// one of its own, else by position.
  package static func names(_ paths: [String]) -> [String] {
    let numbers = paths.map { path in
      let file = path.split(separator: "/").last ?? ""
      let stem = file.prefix { $0 != "." }
      return String(stem.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    }
    let isTelling = !numbers.contains("") && Set(numbers).count == numbers.count
    return paths.indices.map { "\(prefix).\(isTelling ? numbers[$0] : "\($0)")" }
  }

  /// Refuses a schedule that needs more memory than there is.
  ///
  /// - Parameters:
  ///   - schedule: what every child will live through.
  ///   - path: the file that it is made from.
  ///   - memory: the memory that can be had.
  /// - Throws: a failure that tells what is needed.
  package static func checkMemory(
    _ schedule: FleetbenchSchedule, _ path: String, _ memory: MachineMemory = MachineMemory()
  ) throws(CommandFailure) {
    try memory.check(
      schedule.peak(of: schedule.events.count).pages * LivePeak.pageSize,
      for: "bench: the peak of \(path)", "leave the largest sizes out of it")
  }

  private static func benchCase(_ name: String, _ path: String) -> BenchCase {
    BenchCase(
      name, .fleetbench, "the sizes, rates and live objects of \(path)", needsPeers: true
    ) { (context) throws(CommandFailure) in
      let profile = try FleetbenchProfile(path: path)
      try checkMemory(FleetbenchSchedule(profile, context.budget, seed: context.options.seed), path)
      var task = WorkerTask(.fleetbench, .pointer)
      task.path = path
      let field = Field(context, withBuffers: false)
      let reports = try field.measure(context, name, [task])[0]
      let times = field.rows(reports, .nanoseconds, comparing: true) {
        $0.lap.nanosecondsPerOperation
      }
      let footprints = field.rows(reports, .footprint, suffix: ", footprint") {
        Double($0.residentBytes) / Double(max(1, $0.liveBytes))
      }
      var result = BenchResult(zip(times, footprints).flatMap { [$0, $1] })
      let scale = min(1, Double(FleetbenchLoop.liveByteCount) / profile.liveByteCount)
      let live = Format.size(Int(profile.liveByteCount * scale))
      let share = Format.decimal(scale * 100, digits: scale < 0.01 ? 3 : 1)
      let blocks = reports[0].reduce(0) { $0 + $1.blocks }
      let stitched = reports[0].reduce(0) { $0 + $1.stitchedBlocks }
      result.counts = [
        .init("scale", scale), .init("blocks", Double(blocks)),
        .init("stitchedBlocks", Double(stitched)),
      ]
      result.notes.append(
        "\(path): \(live) alive, \(share) % of the program's objects of 4 KiB and more")
      result.notes.append(
        "VCompound, in an arena of \(FleetbenchLoop.capacityRatio) times the peak, stitched "
          + "\(Format.count(stitched)) of \(Format.count(blocks, "block"))")
      result.notes.append("footprint: the peak of resident bytes for each byte alive at the peak")
      return result
    }
  }
}
