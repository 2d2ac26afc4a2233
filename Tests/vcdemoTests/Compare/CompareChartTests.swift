// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct CompareChartTests {
  @Test(arguments: 1...3)
  func showsEveryoneInEveryPanel(panels: Int) throws {
    let svg = CompareChart.svg(
      Array(repeating: MadeUp.usual, count: panels), host: .current())
    let reader = try ChartReader(svg)
    #expect(reader.elements["svg"] == 1)
    // In both regimes; one more of each in the legend.
    #expect(reader.elements["circle"] == 2 * 3 * panels + 1)
    #expect(reader.elements["rect"] == 2 * 2 * panels + 2)
    for result in MadeUp.usual.results {
      #expect(reader.text.contains(result.contender.name))
    }
    #expect(reader.text.contains("a<b>&.trace, steady state"))
    #expect(reader.text.contains("a<b>&.trace, first pass"))
    #expect(svg.contains("prefers-color-scheme: dark"))
    #expect(reader.text.contains("Footprint against time") && reader.text.contains("kernel"))
    #expect(reader.outside.isEmpty)
    #expect(!svg.lowercased().contains("nan") && !svg.contains("inf"))
  }

  @Test func survivesFewPoints() throws {
    let one = TraceResult(MadeUp.trace, [MadeUp.peer("glibc", 50, footprint: 1)])
    #expect(try ChartReader(CompareChart.svg([one], host: .current())).elements["rect"] == 4)
    #expect(try ChartReader(CompareChart.svg([one], host: .current())).outside.isEmpty)
    let none = TraceResult(MadeUp.trace, [])
    _ = try ChartReader(CompareChart.svg([none], host: .current()))
    let same = TraceResult(MadeUp.trace, Array(repeating: MadeUp.peer("glibc", 50), count: 30))
    _ = try ChartReader(CompareChart.svg([same, none], host: .current()))
  }

  @Test func ticksAreWrittenInFull() throws {
    let result = TraceResult(
      MadeUp.trace,
      [MadeUp.peer("glibc", 50, footprint: 1), MadeUp.peer("jemalloc", 50, footprint: 2)])
    let text = try ChartReader(CompareChart.svg([result], host: .current())).text
    #expect(text.contains("1.25") && text.contains("1.75") && !text.contains("1.3"))
  }

  @Test(arguments: [
    [1.0, 1.5], [1, 1], [150, 70_000], [1000, 1010], [0.5, 3e9], [1.02, 1.021], [5, 40],
  ])
  func ticksAreFewAndInOrder(values: [Double]) {
    for isLogarithmic in [false, true] {
      let scale = ChartScale(values, isLogarithmic: isLogarithmic, from: 300, to: 0)
      #expect((1...12).contains(scale.ticks.count), "\(scale.ticks)")
      #expect(scale.ticks == scale.ticks.sorted())
      for value in values + scale.ticks {
        #expect((0...300).contains(scale.position(value)))
      }
    }
  }

  @Test func ticksOfSizesArePowersOfTwo() {
    for sizes in [[8, 65_536], [100], [1, 1 << 40], [4096, 4100]] {
      let scale = ChartScale(sizes: sizes, from: 0, to: 300)
      #expect((1...14).contains(scale.ticks.count))
      for tick in scale.ticks {
        #expect(Int(tick).nonzeroBitCount == 1)
        #expect((0...300).contains(scale.position(tick)))
      }
      for size in sizes { #expect((0...300).contains(scale.position(Double(size)))) }
    }
  }

  @Test func labelsOfManyCrowdedPointsKeepApart() {
    let bounds = ChartBox(left: 0, top: 0, right: 394, bottom: 296)
    var labels = ChartLabels(bounds: bounds)
    var random = SplitMix64(seed: 1)
    let points = (0..<16).map { _ in
      (x: 100 + Double(random.below(40)), y: 100 + Double(random.below(30)))
    }
    for point in points {
      labels.avoid(
        ChartBox(
          left: point.x - 5, top: point.y - 5, right: point.x + 5, bottom: point.y + 5))
    }
    let boxes = points.map { labels.place("tcmalloc", x: $0.x, y: $0.y) }
    for (index, box) in boxes.enumerated() {
      #expect(bounds.contains(box))
      #expect(!boxes[..<index].contains { $0.overlaps(box) })
    }
  }

  @Test func aLabelStaysInsideWhereAllPlacesAreTaken() {
    let bounds = ChartBox(left: 0, top: 0, right: 100, bottom: 30)
    var labels = ChartLabels(bounds: bounds)
    for _ in 0..<9 { #expect(bounds.contains(labels.place("glibc", x: 90, y: 15))) }
  }

  @Test func labelsKeepApart() {
    let bounds = ChartBox(left: 0, top: 0, right: 400, bottom: 300)
    var labels = ChartLabels(bounds: bounds)
    let points = [(200.0, 150.0), (203, 151), (201, 149), (398, 2), (2, 298), (200, 152)]
    for point in points {
      labels.avoid(
        ChartBox(
          left: point.0 - 5, top: point.1 - 5, right: point.0 + 5, bottom: point.1 + 5))
    }
    let boxes = points.map { labels.place("jemalloc", x: $0.0, y: $0.1) }
    for (index, box) in boxes.enumerated() {
      #expect(bounds.contains(box))
      #expect(!boxes[..<index].contains { $0.overlaps(box) })
    }
  }
}
