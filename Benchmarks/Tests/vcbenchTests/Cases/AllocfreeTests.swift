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
    let svg = try #require(AllocfreeChart.svg(results, host: .current()))
    let reader = try ChartReader(svg)
    // A curve, and a line in the legend.
    #expect(reader.classes["series thick colour0"] == 2)
    #expect(reader.elements["polyline"] == 3)
    #expect(reader.text.contains("a<b") && reader.text.contains("without depot"))
    #expect(reader.text.contains("Allocate and free one block") && reader.text.contains("kernel"))
    #expect(
      AllocfreeChart.svg([(name: "warm.4KiB", result: results[0].result)], host: .current()) == nil)
  }

  @Test func manyContendersAreAllInThePictureAndDifferent() throws {
    let layers = WorkerTask.Layer.allCases.map { row("VCompound" + $0.words, 3) }
    let peers = (0..<20).map { row("a malloc with a long name \($0)", 9) }
    let results = [16, 65_536].map {
      (name: "allocfree.\($0)", result: BenchResult(layers + peers))
    }
    let reader = try ChartReader(try #require(AllocfreeChart.svg(results, host: .current())))
    #expect(reader.outside.isEmpty)
    #expect(reader.elements["polyline"] == 25)
    #expect(reader.classes.count { $0.key.hasPrefix("series ") && $0.value == 2 } == 25)
  }
}
