// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import vcdemo

/// A terminal that knows the few sequences that the program writes, and shows what stands on it.
struct TerminalEmulator {
  private(set) var screen: Screen
  private var style = Style.plain
  private var (x, y) = (0, 0)

  /// The beginning of a sequence whose end has not come yet.
  private var rest = ""

  init(width: Int, height: Int) { screen = Screen(width: width, height: height) }

  /// All rows.
  var text: String {
    (0..<screen.height).map { screen.text(ofRow: $0) }.joined(separator: "\n")
  }

  mutating func write(_ text: String) {
    var left = (rest + text)[...]
    rest = ""
    while let character = left.first {
      if character == "\u{1B}" {
        guard let end = left.firstIndex(where: \.isLetter) else {
          rest = String(left)
          return
        }
        perform(left[end], left[..<end].dropFirst(2))
        left = left[left.index(after: end)...]
        continue
      }
      left.removeFirst()
      if character.isNewline {
        (x, y) = (0, y + 1)
      } else {
        screen[x, y] = .init(character: character, style: style)
        x += 1
      }
    }
  }

  private mutating func perform(_ letter: Character, _ parameters: Substring) {
    let numbers = parameters.split(separator: ";").map { Int($0) ?? 0 }
    switch letter {
    case "H": (y, x) = (numbers[0] - 1, numbers[1] - 1)
    case "J": screen = Screen(width: screen.width, height: screen.height)
    case "m": change(numbers)
    default: break
    }
  }

  private mutating func change(_ numbers: [Int]) {
    var index = 0
    while index < numbers.count {
      switch numbers[index] {
      case 1: style.isBold = true
      case 38: style.ink = UInt8(numbers[index + 2])
      case 48: style.ground = UInt8(numbers[index + 2])
      default: style = .plain
      }
      index += numbers[index] == 38 || numbers[index] == 48 ? 3 : 1
    }
  }
}
