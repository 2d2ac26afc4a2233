// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A cache of values of 100 bytes to 4 MiB, which evicts at random what a new one has no room for.
package enum ChurnCase {
  /// The arena, of which a share is what every allocator may keep alive.
  static let capacity = 256 << 20

  /// A case for each share that is kept full, in thousandths.
  package static let all = [995, 950, 900, 800].map { share in
    let name = "churn.\(Double(share) / 10)"
    return BenchCase(
      name, .churn,
      "a cache that keeps \(Double(share) / 10) % of 256 MiB full, evicting at random",
      needsPeers: true
    ) { (context) throws(CommandFailure) in
      var task = WorkerTask(.churn, .pointer)
      task.byteCount = capacity / 1000 * share
      let field = Field(context, withHealing: true)
      let reports = try field.measure(context, name, [task], drawsAnew: true)[0]
      var result = BenchResult(field.timesAndFootprints(reports))
      result.notes = zip(["alone", "healing"], reports).map(note) + [Field.footprintNote]
      return result
    }
  }

  private static func note(_ who: String, _ reports: [WorkerReport]) -> String {
    func sum(_ count: (WorkerReport) -> Int) -> String {
      Format.count(reports.reduce(0) { $0 + count($1) })
    }
    return "\(who): \(sum { $0.refused }) of \(sum { $0.blocks }) values refused at first, "
      + "\(sum { $0.stitchedBlocks }) stitched, \(sum { $0.exchangedBlocks }) exchanged"
  }
}
