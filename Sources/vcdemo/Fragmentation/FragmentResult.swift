// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// What the fragmentation demo found.
package struct FragmentResult: Sendable {
  /// What was asked for.
  package let options: FragmentOptions
  /// The blocks that the arena was filled with.
  package let blockCount: Int
  /// The blocks that were freed again.
  package let freedCount: Int
  /// The bytes that were free then.
  package let freeBytes: Int
  /// The figures for each size.
  package let rows: [Usability]
  /// All the free memory as one buffer; nil where it was refused.
  package let largest: LargestBuffer?
  /// Why it was refused.
  package let largestRefusal: String?
  /// The blocks in use that had lost a stamp in the end.
  package let damagedSurvivors: Int

  /// Holds what was found.
  package init(
    options: FragmentOptions, blockCount: Int, freedCount: Int, freeBytes: Int,
    rows: [Usability], largest: LargestBuffer?, largestRefusal: String?, damagedSurvivors: Int
  ) {
    self.options = options
    self.blockCount = blockCount
    self.freedCount = freedCount
    self.freeBytes = freeBytes
    self.rows = rows
    self.largest = largest
    self.largestRefusal = largestRefusal
    self.damagedSurvivors = damagedSurvivors
  }

  /// Runs the demo.
  ///
  /// - Parameters:
  ///   - options: how large, how full, how fragmented.
  ///   - started: called when the arena is fragmented, with the blocks it was filled with, those
  ///     freed, and the free bytes.
  ///   - found: called with each row as soon as it is known.
  ///   - watch: called from time to time with the allocator and what has just happened to it.
  /// - Returns: everything together.
  /// - Throws: a failure where the arena cannot be prepared.
  package static func run(
    _ options: FragmentOptions, started: (Int, Int, Int) -> Void, found: (Usability) -> Void,
    watch: (CompoundAllocator, String) -> Void = { _, _ in }
  ) throws(CommandFailure) -> FragmentResult {
    // In an arena of its own: what it finds scattered is not so afterwards.
    let (largest, refusal, damaged) = try largest(options)
    let demo = try FragmentDemo(options, watch: watch)
    let freeBytes = demo.freeBytes
    started(demo.blockCount, demo.freedCount, freeBytes)
    var rows: [Usability] = []
    for row in demo.rows {
      let row = demo.prove(row, watch: watch)
      found(row)
      rows.append(row)
    }
    return FragmentResult(
      options: options, blockCount: demo.blockCount, freedCount: demo.freedCount,
      freeBytes: freeBytes, rows: rows, largest: largest, largestRefusal: refusal,
      damagedSurvivors: damaged + demo.damagedSurvivors())
  }

  private static func largest(
    _ options: FragmentOptions
  ) throws(CommandFailure) -> (LargestBuffer?, refusal: String?, damagedSurvivors: Int) {
    let demo = try FragmentDemo(options)
    let largest = Result { try demo.largest() }
    var refusal: String?
    if case .failure(let error) = largest { refusal = "\(error)" }
    return (try? largest.get(), refusal, demo.damagedSurvivors())
  }

  /// The rows for sizes that fit into the free memory at all.
  package var applicableRows: [Usability] { rows.filter(\.isApplicable) }

  /// Whether VCompound served all that anybody can, in every row, and no memory was damaged.
  package var isWhole: Bool {
    applicableRows.allSatisfy(\.isWhole) && largest?.isIntact == true && damagedSurvivors == 0
  }
}
