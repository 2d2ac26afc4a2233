// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcdemo

@Suite struct LiveViewTests {
  private func cell(_ uses: [ArenaMap.Use: PageCount], _ block: UInt? = nil) -> ArenaMap.Cell {
    var cell = ArenaMap.Cell()
    for (use, count) in uses { cell.add(count, to: use) }
    cell.block = block
    return cell
  }

  private func map(_ cells: [ArenaMap.Cell]) -> ArenaMap {
    var map = ArenaMap(capacity: 1000, pagesPerCell: 10)
    map.cells = cells
    return map
  }

  private func state(panes: Int, cells: Int) -> LiveState {
    let pane = LiveState.Pane(
      name: "VCompound",
      figures: [.init("live", "3 MiB"), .init("refused", "7", .bad)],
      map: map(Array(repeating: cell([.contiguous: 10]), count: cells)),
      freeBlocks: [3, 0, 12])
    return LiveState(
      title: "a title", progress: "half of it", share: 0.5,
      panes: Array(repeating: pane, count: panes), request: "malloc 4 KiB: had it",
      events: [.init("#1", "an event")], keys: "q quit")
  }

  // MARK: Cells

  @Test func aCellIsWhatMostOfItIs() {
    #expect(MapPainter.use(cell([.contiguous: 5, .free: 5])) == .contiguous)
    #expect(MapPainter.use(cell([.contiguous: 2, .stitched: 3, .slab: 1, .free: 4])) == .stitched)
    #expect(MapPainter.use(cell([.contiguous: 4, .free: 3, .absent: 3])) == .free)
    #expect(MapPainter.use(cell([.slab: 9, .cached: 1])) == .slab)
    #expect(MapPainter.use(cell([.cached: 6, .free: 4])) == .cached)
    #expect(MapPainter.use(cell([.absent: 10])) == .absent)
  }

  @Test func aBlockInSeveralCellsHasAColourOfItsOwn() {
    let large = cell([.stitched: 10], 0x7000_0000)
    let small = cell([.stitched: 10], 0x7100_0000)
    let look = LiveLook(hasColour: true, isASCII: false)
    let painter = MapPainter(map([large, small, large]), look)
    #expect(painter.colour(small) == MapPainter.colour(.stitched))
    // The same in every map in which it is large.
    let later = MapPainter(map([large, large]), look)
    #expect(painter.colour(large) == later.colour(large))
    #expect(painter.character(large).isLetter && painter.character(small) == "s")
    #expect(painter.colour(cell([.absent: 3])) == nil)
  }

  @Test func cellsFitIntoTheRoomAndChangeSeldom() {
    var sizes: Set<Int> = []
    for pages in stride(from: 1, to: 2_000_000, by: 997) {
      let size = MapScale.pagesPerCell(pages, room: 1000)
      #expect((pages + size - 1) / size <= 1000 && size < pages / 1000 * 3 / 2 + 3)
      sizes.insert(size)
    }
    #expect(sizes.count < 45)
    #expect(MapScale.pagesPerCell(10, room: 0) == 10)
  }

  // MARK: Sizes

  /// In every window every line is in its place, and nothing is drawn beyond it.
  @Test(arguments: [false, true], [1, 2])
  func everyWindowIsDrawn(hasColour: Bool, panes: Int) {
    for (width, height) in [(1, 1), (39, 50), (40, 14), (80, 24), (99, 30), (100, 30), (250, 80)] {
      let view = LiveView(
        width: width, height: height, LiveLook(hasColour: hasColour, isASCII: !hasColour))
      let room = view.room(panes: panes)
      let screen = view.screen(state(panes: panes, cells: room))
      #expect(screen.width == width && screen.height == height && room >= 1)
      guard width >= 40, height >= 14 else { continue }
      #expect(screen.text(ofRow: 0).hasPrefix("a title") == (width > 20))
      #expect(screen.text(ofRow: 0).hasSuffix("half of it"))
      #expect(screen.text(ofRow: 2).contains("VCompound  live 3 MiB  refused 7"))
      #expect(screen.text(ofRow: height - 1) == "q quit")
      #expect(screen.text(ofRow: height - 2).contains("in one piece"))
      let text = (0..<height).map { screen.text(ofRow: $0) }.joined(separator: "\n")
      #expect(text.contains("malloc 4 KiB: had it"))
      #expect(text.contains("an event") == (height >= 22))
      // All cells of all maps, in halves or not.
      let marks = text.filter { hasColour ? $0 == "▀" : $0 == "#" }.count
      #expect(marks - 3 <= panes * room && marks >= panes * room / (hasColour ? 2 : 1))
    }
  }

  @Test func twoAreBesideEachOtherWhereThereIsRoom() {
    let look = LiveLook(hasColour: false, isASCII: true)
    func rows(_ width: Int) -> Int {
      let screen = LiveView(width: width, height: 40, look).screen(state(panes: 2, cells: 10))
      return (0..<40).filter { screen.text(ofRow: $0).contains("VCompound") }.count
    }
    #expect(rows(120) == 1 && rows(80) == 2)
  }

  @Test func withoutColourNothingIsColoured() {
    let look = LiveLook(hasColour: false, isASCII: true)
    let screen = LiveView(width: 100, height: 30, look).screen(state(panes: 2, cells: 99))
    let text = screen.update(from: nil)
    #expect(!text.contains("38;5") && !text.contains("[1" + "m"))
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
    #expect((0..<30).contains { screen.text(ofRow: $0).contains("free    4K   8K  16K") })
  }

  @Test func theEnvironmentChoosesTheLook() {
    func look(_ choice: LiveLook.Choice, _ variables: [String: String]) -> LiveLook {
      LiveLook(choice, isASCII: false) { variables[$0] }
    }
    #expect(look(.auto, ["LANG": "C.UTF-8"]) == LiveLook(hasColour: true, isASCII: false))
    #expect(!look(.auto, ["NO_COLOR": "1"]).hasColour && look(.auto, ["NO_COLOR": ""]).hasColour)
    #expect(look(.always, ["NO_COLOR": "1"]).hasColour && !look(.never, [:]).hasColour)
    #expect(look(.auto, ["LC_ALL": "C", "LANG": "C.UTF-8"]).isASCII)
    #expect(!look(.auto, ["LC_ALL": "", "LC_CTYPE": "de_DE.utf8"]).isASCII)
    #expect(LiveLook(.auto, isASCII: true) { _ in "C.UTF-8" }.isASCII)
  }
}
