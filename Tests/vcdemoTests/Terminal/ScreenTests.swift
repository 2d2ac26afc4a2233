// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ScreenTests {
  /// What is written makes a terminal that shows one screen show the next.
  @Test(arguments: 1...3 as ClosedRange<UInt64>) func updatesLeadFromOneToTheNext(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var terminal = TerminalEmulator(width: 20, height: 6)
    var shown: Screen?
    for round in 0..<60 {
      var next = shown ?? Screen(width: 20, height: 6)
      for _ in 0..<random.below(30) {
        let style = Style(
          ink: random.below(2) == 0 ? nil : UInt8(random.below(256)),
          ground: random.below(2) == 0 ? nil : UInt8(random.below(256)),
          isBold: random.below(2) == 0)
        next[random.below(20), random.below(6)] = .init(
          character: Array("ab ▀·")[random.below(5)], style: style)
      }
      // As after a stop: nothing is known of what is there.
      terminal.write(next.update(from: round % 10 == 9 ? nil : shown))
      shown = next
      #expect(terminal.screen == next)
    }
    #expect(shown?.update(from: shown) == "")
  }

  @Test func anotherSizeIsDrawnAnew() {
    var screen = Screen(width: 4, height: 2)
    screen.put("ab", x: 0, y: 1)
    let text = screen.update(from: Screen(width: 5, height: 2))
    #expect(text == "\u{1B}[0m\u{1B}[2J\u{1B}[2;1H\u{1B}[0mab\u{1B}[0m")
  }

  @Test func textStaysInItsRow() {
    var screen = Screen(width: 5, height: 2)
    #expect(screen.put("abcdefgh", x: 3, y: 0) == 5)
    #expect(screen.put("xyz", x: 0, y: 1, upTo: 2) == 2)
    #expect(screen.put("\u{1B}[2J", x: 0, y: 7) == 4)
    screen.put("\u{1B}", x: 4, y: 1)
    #expect(screen.text(ofRow: 0) == "   ab" && screen.text(ofRow: 1) == "xy  ?")
  }

  @Test func keysAreReadAndSequencesLeftOut() {
    #expect(
      Key.keys(in: " s.+=-_qQ\u{04}".utf8) == [
        .pause, .step, .step, .faster, .faster, .slower, .slower, .quit, .quit, .quit,
      ])
    // Arrows, with a modifier too, a function key; then a key.
    #expect(Key.keys(in: "\u{1B}[A\u{1B}[1;2D\u{1B}OP\u{1B}[15~s".utf8) == [.step])
    #expect(Key.keys(in: "xyz\n".utf8).isEmpty)
  }

  @Test func aDrawingHasEveryWordAndColour() throws {
    var screen = Screen(width: 20, height: 2)
    screen.put("a <b> & c", x: 1, y: 0, Style(ink: 196, isBold: true))
    for x in 0..<8 {
      screen[x, 1] = .init(character: "▀", style: Style(ink: x < 4 ? 21 : nil, ground: 46))
    }
    let svg = ScreenDrawing(screen).svg(title: "a & b")
    let reader = try ChartReader(svg)
    #expect(reader.text.contains("a <b> & c") && reader.text.contains("a & b"))
    // The ground; four cells above; eight below.
    #expect(reader.elements["rect"] == 3 && reader.elements["text"] == 1)
    for colour in ["#ff0000", "#0000ff", "#00ff00"] { #expect(svg.contains(colour)) }
    #expect(svg.contains("width=\"67.2\"") && svg.contains("width=\"33.6\""))
  }
}
