// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Draws the state of a live view into a screen of any size.
///
/// Pure: no terminal is needed.
package struct LiveView {
  private let look: LiveLook
  private let width: Int
  private let height: Int

  private static let label = Style(ink: 245)
  private static let strong = Style(isBold: true)

  /// A view of so many columns and rows.
  package init(width: Int, height: Int, _ look: LiveLook) {
    self.width = max(1, width)
    self.height = max(1, height)
    self.look = look
  }

  /// The least window that has room for maps.
  static let least = (width: 40, height: 14)

  // MARK: Room

  /// Where one allocator is drawn.
  struct Area: Equatable {
    var x: Int
    var y: Int
    var width: Int
    var height: Int
  }

  /// Beside each other where there is room, else one below the other.
  func areas(_ count: Int) -> [Area] {
    let rows = max(0, height - 2 - footerHeight)
    if count == 2, width >= 100 {
      let half = (width - 3) / 2
      return [
        Area(x: 0, y: 2, width: half, height: rows),
        Area(x: width - half, y: 2, width: half, height: rows),
      ]
    }
    let each = rows / max(1, count)
    return (0..<count).map { Area(x: 0, y: 2 + $0 * each, width: width, height: each) }
  }

  /// The lines below: request, what was remarkable, legend, keys.
  private var footerHeight: Int { 3 + eventCount }
  private var eventCount: Int { height >= 30 ? 4 : height >= 22 ? 2 : 0 }

  /// The lines above a map, with the name and the figures, and the two below it.
  private func headHeight(_ area: Area) -> Int { area.height >= 12 ? 3 : 2 }
  private func tailHeight(_ area: Area) -> Int { area.height >= 8 ? 3 : 0 }
  private var cellsPerRow: Int { look.hasColour && !look.isASCII ? 2 : 1 }

  /// The cells that there is room for in the map of each of so many allocators.
  package func room(panes: Int) -> Int {
    guard let area = areas(panes).first else { return 1 }
    let rows = area.height - headHeight(area) - tailHeight(area)
    return max(1, rows * cellsPerRow * area.width)
  }

  // MARK: Drawing

  /// Draws a state.
  package func screen(_ state: LiveState) -> Screen {
    var screen = Screen(width: width, height: height)
    guard width >= Self.least.width, height >= Self.least.height else {
      screen.put("make the window", x: 0, y: 0)
      screen.put("larger: \(Self.least.width) x \(Self.least.height)", x: 0, y: 1)
      return screen
    }
    drawHead(state, &screen)
    for (pane, area) in zip(state.panes, areas(state.panes.count)) { draw(pane, area, &screen) }
    drawFoot(state, &screen)
    return screen
  }

  private func drawHead(_ state: LiveState, _ screen: inout Screen) {
    let progress = String(state.progress.prefix(width))
    screen.put(state.title, x: 0, y: 0, style(Self.strong), upTo: width - progress.count - 2)
    screen.put(progress, x: width - progress.count, y: 0, style(Self.label))
    guard let share = state.share else { return }
    let done = Int((Double(width) * min(1, max(0, share))).rounded(.down))
    for x in 0..<width {
      let isDone = x < done
      let character: Character = look.isASCII ? (isDone ? "=" : "-") : isDone ? "━" : "─"
      screen[x, 1] = .init(
        character: character, style: style(Style(ink: isDone ? 33 : 239)))
    }
  }

  private func draw(_ pane: LiveState.Pane, _ area: Area, _ screen: inout Screen) {
    let head = headHeight(area)
    var x = screen.put(pane.name, x: area.x, y: area.y, style(Self.strong)) + 2
    var y = area.y
    for figure in pane.figures {
      let length = figure.name.count + 1 + figure.text.count
      if x + length > area.x + area.width, x > area.x {
        (x, y) = (area.x, y + 1)
      }
      guard y < area.y + head else { break }
      x = draw(figure, x: x, y: y, upTo: area.x + area.width, &screen) + 2
    }
    let tail = tailHeight(area)
    let map = Area(
      x: area.x, y: area.y + head, width: area.width, height: area.height - head - tail)
    let end = drawMap(pane, map, &screen)
    guard tail > 0 else { return }
    drawOrders(pane.freeBlocks, Area(x: area.x, y: end, width: area.width, height: 2), &screen)
  }

  private func draw(
    _ figure: LiveState.Figure, x: Int, y: Int, upTo end: Int, _ screen: inout Screen
  ) -> Int {
    let ink: UInt8? =
      switch figure.meaning {
      case .plain: nil
      case .good: 71
      case .bad: 203
      }
    let next = screen.put(figure.name + " ", x: x, y: y, style(Self.label), upTo: end)
    let look = Style(ink: ink, isBold: figure.meaning != .plain)
    return screen.put(figure.text, x: next, y: y, style(look), upTo: end)
  }

  /// Draws cells row by row, two in a character where it can have two colours.
  ///
  /// - Returns: the row behind the map.
  private func drawMap(_ pane: LiveState.Pane, _ area: Area, _ screen: inout Screen) -> Int {
    let painter = MapPainter(pane.map, look)
    let cells = pane.map.cells
    let rows = (cells.count + area.width * cellsPerRow - 1) / (area.width * cellsPerRow)
    for row in 0..<min(area.height, rows) {
      for column in 0..<area.width {
        let first = row * cellsPerRow * area.width + column
        guard first < cells.count else { continue }
        let upper = cells[first]
        let second = first + area.width
        let cell: Screen.Cell
        if cellsPerRow == 2 {
          let lower = second < cells.count ? painter.colour(cells[second]) : nil
          cell = halves(painter.colour(upper), lower)
        } else if look.hasColour {
          cell = .init(
            character: painter.character(upper), style: Style(ink: painter.colour(upper)))
        } else {
          cell = .init(character: painter.character(upper))
        }
        screen[area.x + column, area.y + row] = cell
      }
    }
    return area.y + min(area.height, rows)
  }

  private func halves(_ upper: UInt8?, _ lower: UInt8?) -> Screen.Cell {
    switch (upper, lower) {
    case (nil, nil): .init()
    case (nil, let lower): .init(character: "▄", style: Style(ink: lower))
    case (let upper, let lower): .init(character: "▀", style: Style(ink: upper, ground: lower))
    }
  }

  /// The look, or none where there are no colours.
  private func style(_ style: Style) -> Style { look.hasColour ? style : .plain }

  // MARK: Lines below

  /// The free blocks of each order, under their sizes.
  private func drawOrders(_ blocks: [Int], _ area: Area, _ screen: inout Screen) {
    let sizes = screen.put("free ", x: area.x, y: area.y, style(Self.label))
    let last = blocks.lastIndex { $0 > 0 } ?? 0
    var x = sizes
    for (order, count) in blocks.enumerated().prefix(last + 1) {
      let size = Self.size(ofOrder: order)
      let number = count > 99_999 ? "\(count / 1000)k" : "\(count)"
      let column = max(5, number.count + 1)
      guard x + column <= area.x + area.width else { break }
      let ink: UInt8? = count == 0 ? 240 : nil
      screen.put(size, x: x + column - size.count, y: area.y, style(Self.label))
      screen.put(number, x: x + column - number.count, y: area.y + 1, style(Style(ink: ink)))
      x += column
    }
  }

  private static func size(ofOrder order: Int) -> String {
    let kibibytes = 4 << order
    return kibibytes < 1024
      ? "\(kibibytes)K" : kibibytes < 1 << 20 ? "\(kibibytes >> 10)M" : "\(kibibytes >> 20)G"
  }

  private func drawFoot(_ state: LiveState, _ screen: inout Screen) {
    let top = height - footerHeight
    screen.put(look.isASCII ? "> " : "▸ ", x: 0, y: top, style(Style(ink: 33, isBold: true)))
    screen.put(state.request, x: 2, y: top, style(Self.strong))
    for (index, event) in state.events.prefix(eventCount).enumerated() {
      _ = draw(event, x: 2, y: top + 1 + index, upTo: width, &screen)
    }
    drawLegend(y: height - 2, pagesPerCell: state.panes.first?.map.pagesPerCell.rawValue, &screen)
    screen.put(state.keys, x: 0, y: height - 1, style(Self.label))
  }

  private func drawLegend(y: Int, pagesPerCell: Int?, _ screen: inout Screen) {
    var x = 0
    for use in MapPainter.uses {
      let character = MapPainter.character(use, isASCII: look.isASCII)
      let name = MapPainter.name(use)
      guard x + 2 + name.count <= width else { return }
      if look.hasColour, !look.isASCII {
        let colour = MapPainter.colour(use)
        screen.put(colour == nil ? "□" : "█", x: x, y: y, Style(ink: colour ?? 245))
      } else {
        screen.put("\(character)", x: x, y: y, style(Style(ink: MapPainter.colour(use))))
      }
      x = screen.put(name, x: x + 2, y: y, style(Self.label)) + 2
    }
    guard let pagesPerCell else { return }
    let text = "a cell is \(Format.size(pagesPerCell * LivePeak.pageSize))"
    if x + text.count <= width { screen.put(text, x: width - text.count, y: y, style(Self.label)) }
  }
}
