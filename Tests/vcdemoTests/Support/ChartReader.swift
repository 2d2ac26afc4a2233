// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import FoundationXML
import Testing

// These files are those of all test targets: the benchmarks' have a symbolic link to this folder.
#if VCBENCH
  import vcbench
#else
  import vcdemo
#endif

/// Reads a drawing, which must be well-formed.
final class ChartReader: NSObject, XMLParserDelegate {
  /// How many elements there are, by name.
  private(set) var elements: [String: Int] = [:]
  /// How many there are of each class.
  private(set) var classes: [String: Int] = [:]
  /// All the text.
  private(set) var text = ""
  /// The texts that are not all inside the picture.
  private(set) var outside: [String] = []

  private var size = (width: 0.0, height: 0.0)
  private var place: (x: Double, y: Double, anchor: String)?

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    try #require(parser.parse())
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
    classes[attributes["class"] ?? "", default: 0] += 1
    func number(_ key: String) -> Double { attributes[key].flatMap(Double.init) ?? -1 }
    if name == "svg" { size = (number("width"), number("height")) }
    if name == "text" { place = (number("x"), number("y"), attributes["text-anchor"] ?? "") }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    if name == "text" { place = nil }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
    guard let place else { return }
    let width = ChartLabels.width(of: string)
    let left =
      switch place.anchor {
      case "middle": place.x - width / 2
      case "end": place.x - width
      default: place.x
      }
    if left < 0 || left + width > size.width || place.y < 10 || place.y > size.height {
      outside.append(string)
    }
  }
}
