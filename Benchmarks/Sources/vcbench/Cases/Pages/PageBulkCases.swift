// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Pages in bulk and one by one, as Linux's page benchmarks take them.
///
/// Brouer, J. D.: page_bench02 and page_bench04_bulk (prototype-kernel).
enum PageBulkCases {
  /// The pages of a batch in page_bench04_bulk.
  static let batches = [1, 2, 3, 4, 8, 16, 32, 64, 128]

  /// The pages outstanding in page_bench02.
  static let outstanding = (0...13).map { 1 << $0 }

  static let all =
    batches.map { benchCase("page_bench04.bulk.\($0)", $0) }
    + outstanding.map { benchCase("page_bench02.outstanding.\($0)", $0) }

  private static func benchCase(_ name: String, _ count: Int) -> BenchCase {
    BenchCase(
      name, .pages, "take \(Format.count(count, "page")) and free them, in bulk and one by one"
    ) { (context) throws(CommandFailure) in
      let batch = try PageBatch(count: count)
      let contenders = PageContender.allCases
      let figures = try Rounds.alternate(
        name, rounds: context.options.rounds, contenders: contenders.count
      ) { (index, _) throws(CommandFailure) in
        try batch.measure(contenders[index], for: context.budget).nanosecondsPerOperation
      }
      var rows = zip(contenders, figures).map { BenchRow($0.name, .nanoseconds, $1) }
      if let frames = contenders.firstIndex(of: .frames) {
        let base = rows[frames]
        for index in rows.indices { rows[index].compare(with: base) }
      }
      return BenchResult(rows)
    }
  }
}
