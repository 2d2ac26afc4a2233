// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What it costs to use stitched memory, beside contiguous memory of the same size.
package enum UseCase {
  /// The pages of the block: more than the processor's caches and its TLBs hold.
  private static let pageCount = (64 << 20) / LivePeak.pageSize

  /// The lengths of the runs that blocks are stitched from, in pages.
  package static let runs = [512, 64, 8, 1]

  /// A case for each way.
  package static let all = UseWay.allCases.map { way in
    BenchCase(
      "use.\(way.rawValue)", .use, way.summary + ", 64 MiB of them"
    ) { (context) throws(CommandFailure) in
      try measure(way, pageCount: pageCount, context.options)
    }
  }

  /// Measures a way to use blocks.
  ///
  /// - Parameters:
  ///   - way: which.
  ///   - pageCount: the size of every block, a multiple of 512 pages.
  ///   - options: rounds and times.
  /// - Returns: the time of an access, contiguous and stitched.
  /// - Throws: a failure where there is not so much memory, or not so many mappings.
  package static func measure(
    _ way: UseWay, pageCount: Int, _ options: BenchOptions
  ) throws(CommandFailure) -> BenchResult {
    try MachineMemory().check(
      (2 * runs.count + 1) * pageCount * LivePeak.pageSize, for: "use.\(way.rawValue)",
      "leave it out")
    var blocks = [try UseBlock.contiguous(pageCount: pageCount)]
    for run in runs { blocks.append(try UseBlock.stitched(run: run, pageCount: pageCount)) }
    var state = options.seed
    let laps = try Rounds.alternate(
      "use.\(way.rawValue)", rounds: options.rounds, contenders: blocks.count
    ) { (contender, _) throws(CommandFailure) in
      let block = blocks[contender]
      return try Lap.run(
        for: options.nanoseconds, operations: way.accesses(of: block.wordCount)
      ) { () throws(CommandFailure) in way.pass(over: block, &state) }
    }
    let names = ["contiguous"] + runs.map { "runs of \(Format.count($0, "page"))" }
    var rows = zip(names, laps).map { name, laps in
      BenchRow(name, .nanoseconds, laps.map(\.nanosecondsPerOperation))
    }
    for index in rows.indices { rows[index].compare(with: rows[0]) }
    var result = BenchResult(rows)
    result.notes = [huge(blocks[0], blocks[1])]
    for (run, block) in zip(runs, blocks.dropFirst()) where block.runLengths != [run] {
      result.notes.append("the block from runs of \(run) was not stitched from that length")
    }
    return result
  }

  private static func huge(_ contiguous: UseBlock, _ chunks: UseBlock) -> String {
    guard let first = contiguous.hugeByteCount, let second = chunks.hugeByteCount else {
      return "huge pages: the kernel does not tell"
    }
    return "mapped by huge pages: \(Format.size(first)) of the contiguous block, "
      + "\(Format.size(second)) of that from runs of 512 pages, of "
      + Format.size(contiguous.wordCount * 8)
  }
}
