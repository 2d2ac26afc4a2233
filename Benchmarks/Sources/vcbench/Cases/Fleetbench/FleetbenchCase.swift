// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The cases made from files of Fleetbench.
package enum FleetbenchCase {
  /// How their names begin.
  package static let prefix = "fleetbench"

  /// A case for each file, of the sizes of a page and more.
  package static func all(_ paths: [String]) -> [BenchCase] {
    zip(names(paths), paths).map { benchCase($0, $1, ofAllSizes: false) }
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

  /// A case made from a file: of all its sizes, or of those that have pages of their own.
  static func benchCase(_ name: String, _ path: String, ofAllSizes: Bool) -> BenchCase {
    let sizes = ofAllSizes ? "all sizes" : "the sizes from 4 KiB on"
    return BenchCase(
      name, ofAllSizes ? .mixed : .fleetbench, "\(sizes), rates and live objects of \(path)",
      needsPeers: true
    ) { (context) throws(CommandFailure) in
      let profile = try FleetbenchProfile(path: path, from: ofAllSizes ? 1 : LivePeak.pageSize)
      let schedule = FleetbenchSchedule(
        profile, context.budget, every: ofAllSizes ? 25 : 100, seed: context.options.seed)
      var blocks = schedule.blocks
      blocks.alignsToPages = !ofAllSizes
      return try SteadyCase.measure(
        context, name, blocks, path: path, scale: schedule.scale,
        words: "\(words(profile, schedule.scale, path)) of \(sizes)")
    }
  }

  /// How much of a program is alive here.
  private static func words(_ profile: FleetbenchProfile, _ scale: Double, _ path: String) -> String
  {
    let live = Format.size(Int(profile.liveByteCount * scale))
    let share = Format.decimal(scale * 100, digits: scale < 0.01 ? 3 : 1)
    return "\(path): \(live) alive, \(share) % of the program's objects"
  }
}
