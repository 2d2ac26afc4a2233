// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Testing
import vcdemo

@Suite struct CompareChartTests {
  /// Notes the elements of a document, and whether it is well-formed.
  private final class Reader: NSObject, XMLParserDelegate {
    var elements: [String: Int] = [:]
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      elements[name, default: 0] += 1
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      text += string
    }
  }

  private func read(_ svg: String) throws -> Reader {
    let parser = XMLParser(data: Data(svg.utf8))
    let reader = Reader()
    parser.delegate = reader
    try #require(parser.parse())
    return reader
  }

  @Test(arguments: 1...3)
  func showsEveryoneInEveryPanel(panels: Int) throws {
    let svg = CompareChart.svg(Array(repeating: MadeUp.usual, count: panels))
    let reader = try read(svg)
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
    #expect(!svg.lowercased().contains("nan") && !svg.contains("inf"))
  }

  @Test func survivesFewPoints() throws {
    let one = TraceResult(MadeUp.trace, [MadeUp.peer("glibc", 50, footprint: 1)])
    #expect(try read(CompareChart.svg([one])).elements["rect"] == 4)
    let none = TraceResult(MadeUp.trace, [])
    _ = try read(CompareChart.svg([none]))
    let same = TraceResult(MadeUp.trace, Array(repeating: MadeUp.peer("glibc", 50), count: 30))
    _ = try read(CompareChart.svg([same, none]))
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
