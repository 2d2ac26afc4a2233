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

  private static func benchCase(_ name: String, _ path: String) -> BenchCase {
    BenchCase(
      name, .fleetbench, "the sizes, rates and live objects of \(path)", needsPeers: true
    ) { (context) throws(CommandFailure) in
      let profile = try FleetbenchProfile(path: path)
      let schedule = FleetbenchSchedule(
        profile, context.budget, every: 100, seed: context.options.seed)
      var blocks = schedule.blocks
      blocks.alignsToPages = true
      return try SteadyCase.measure(
        context, name, blocks, path: path, scale: schedule.scale,
        words: words(profile, schedule.scale, path) + " of 4 KiB and more")
    }
  }

  /// How much of a program is alive here.
  static func words(_ profile: FleetbenchProfile, _ scale: Double, _ path: String) -> String {
    let live = Format.size(Int(profile.liveByteCount * scale))
    let share = Format.decimal(scale * 100, digits: scale < 0.01 ? 3 : 1)
    return "\(path): \(live) alive, \(share) % of the program's objects"
  }
}
