// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a live view looks at: a run, or another process.
package protocol LiveSource: ~Copyable {
  /// How many allocators there are.
  var paneCount: Int { get }

  /// Whether there is nothing more to look at: the view ends.
  var isGone: Bool { get }

  /// Whether nothing will change any more: where nobody can press a key, the view ends.
  var isOver: Bool { get }

  /// What there is now.
  ///
  /// - Parameter room: the most cells of a map.
  /// - Returns: the state.
  mutating func state(room: Int) -> LiveState

  /// Goes on for a time, in nanoseconds.
  mutating func advance(_ nanoseconds: UInt64)

  /// Does what a key says.
  mutating func press(_ key: Key)
}

/// Shows a source on the terminal, until a person has had enough or it is gone.
package enum LiveLoop {
  /// The milliseconds of a frame: ten a second at most.
  private static let frame: UInt64 = 100

  /// Shows it.
  ///
  /// - Throws: a failure where the terminal cannot be used.
  package static func run<Source: LiveSource & ~Copyable>(
    _ source: inout Source, _ look: LiveLook
  ) throws(CommandFailure) {
    var terminal = try Terminal()
    var time = Clock.now()
    while !source.isGone {
      let (width, height) = terminal.size
      let view = LiveView(width: width, height: height, look)
      let state = source.state(room: view.room(panes: source.paneCount))
      if source.isGone { return }
      try terminal.show(view.screen(state))
      if source.isOver, !terminal.hasKeys { return }
      // However many keys come, and however often the window changes: no frame too early.
      let due = time + frame * 1_000_000
      repeat {
        let now = Clock.now()
        let left = now < due ? (due - now + 999_999) / 1_000_000 : 0
        for key in terminal.keys(within: Int(left)) {
          if key == .quit { return }
          source.press(key)
        }
      } while Clock.now() < due
      let now = Clock.now()
      // Who was stopped does not make up for it.
      source.advance(min(now - time, 2 * frame * 1_000_000))
      time = now
    }
  }
}
