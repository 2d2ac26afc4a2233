// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct AllocfreeTests {
  private func row(_ contender: String, _ nanoseconds: Double) -> BenchRow {
    BenchRow(contender, .nanoseconds, [nanoseconds])
  }

  @Test func everySizeIsACaseOnOneThreadAndOnTwo() {
    let names = BenchCatalogue.cases([]).map(\.name)
    for size in AllocfreeCases.sizes {
      #expect(names.contains("allocfree.\(size)"))
      #expect(names.contains("allocfree.threads.\(size)"))
    }
    #expect(AllocfreeCases.sizes.min() == 8 && AllocfreeCases.sizes.max() == 65_536)
  }

  @Test func tasksSurviveTheCommandLine() throws {
    for layer in WorkerTask.Layer.allCases {
      var task = WorkerTask(.allocfree, .pointer)
      task.byteCount = 100
      task.without = layer
      #expect(WorkerTask(words: task.words) == task)
    }
    #expect(WorkerTask(words: ["allocfree", "pointer", "1", "1", "1", "1", "-", "roof"]) == nil)
  }

  @Test(arguments: WorkerTask.Layer.allCases)
  func everyLayerCanBeOff(layer: WorkerTask.Layer) throws {
    var task = WorkerTask(.allocfree, .pointer)
    task.byteCount = 100
    task.nanoseconds = 1_000_000
    task.without = layer
    #expect(try Worker.report(of: task).lap.operations > 0)
  }

  @Test func theChartHasACurveForEachContender() throws {
    let results = [16, 64, 4096].map { size in
      (
        name: "allocfree.\(size)",
        result: BenchResult([
          row("VCompound", 3), row("VCompound without depot", 4), row("a<b", Double(size)),
        ])
      )
    }
    let svg = try #require(AllocfreeChart.svg(results))
    #expect(svg.components(of: "class=\"series0\"") == 3)
    #expect(svg.contains("a&lt;b") && svg.contains("without depot"))
    #expect(AllocfreeChart.svg([(name: "warm.4KiB", result: results[0].result)]) == nil)
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int {
    var count = 0
    var rest = self[...]
    while let range = rest.firstRange(of: text) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}
