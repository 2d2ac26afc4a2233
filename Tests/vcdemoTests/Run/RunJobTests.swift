// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

/// The program as a job of a shell on a terminal: stopped, in the background, brought back.
@Suite(.serialized) struct RunJobTests {
  /// A shell with job control that runs a script.
  private func shell(_ script: String) throws -> PseudoTerminal {
    let terminal = try PseudoTerminal(["/bin/sh", "-c", script])
    terminal.resize(width: 80, height: 24)
    return terminal
  }

  /// Stopped from the keyboard, as a shell's job: the shell has the terminal as it was, and the view
  /// comes back.
  @Test func aStopGivesTheTerminalBackForAsLong() throws {
    let program = try ProgramProcess.program().path
    let script = """
      set -m
      "\(program)" run --speed 100
      echo "stopped with $?"
      read line
      fg >/dev/null
      echo "ended with $?"
      """
    let terminal = try shell(script)
    try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
    terminal.type("\u{1A}")
    try #require(terminal.wait(for: "stopped with 148"), "\(terminal.output)")
    #expect(terminal.isRestored)
    let length = terminal.output.count
    terminal.type("\n")
    // Drawn anew, not only what has changed.
    #expect(terminal.wait(for: "\u{1B}[?1049h", behind: length))
    #expect(terminal.wait(for: "built-in workload", behind: length))
    #expect(!terminal.isCooked)
    terminal.type("q")
    #expect(terminal.wait(for: "ended with 0"), "\(terminal.output.suffix(300))")
    #expect(terminal.end() == 0)
    #expect(terminal.isRestored)
  }

  /// Begun in the background, or sent there: it stops, as job control has it, and a signal that
  /// ends it does.
  @Test(arguments: [false, true]) func inTheBackgroundItCanBeEnded(isSentThere: Bool) throws {
    let program = try ProgramProcess.program().path
    let start =
      isSentThere
      ? "\"\(program)\" run --speed 100; bg >/dev/null" : "\"\(program)\" run --speed 100 &"
    let script = """
      set -m
      \(start)
      sleep 1
      jobs
      kill %1
      kill -CONT %1
      sleep 1
      jobs
      echo "that is all"
      """
    let terminal = try shell(script)
    if isSentThere {
      try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
      terminal.type("\u{1A}")
    }
    #expect(terminal.wait(for: "that is all"))
    // As the shell says it: `Done(143)`, `Exit 143`, or `Terminated`.
    let words = terminal.output
    #expect(words.contains("Stopped"))
    #expect(words.contains("143") || words.contains("Terminated"), "\(words.suffix(300))")
    #expect(terminal.end() == 0)
    // What was never in the foreground has not touched it.
    #expect(isSentThere ? terminal.isRestored : terminal.isCooked)
    #expect(words.contains("\u{1B}[?1049h") == isSentThere)
  }

  /// Sent to the background and brought back: the view is drawn anew, and keys work.
  @Test func fromTheBackgroundItComesBack() throws {
    let program = try ProgramProcess.program().path
    let script = """
      set -m
      "\(program)" run --speed 100
      bg >/dev/null
      sleep 1
      echo "now in front"
      fg >/dev/null
      echo "ended with $?"
      """
    let terminal = try shell(script)
    try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
    let length = terminal.output.count
    terminal.type("\u{1A}")
    try #require(terminal.wait(for: "now in front"), "\(terminal.output)")
    #expect(terminal.wait(for: "\u{1B}[?1049h", behind: length))
    #expect(terminal.wait(for: "built-in workload", behind: length))
    #expect(!terminal.isCooked)
    terminal.type("q")
    #expect(terminal.wait(for: "ended with 0"), "\(terminal.output.suffix(300))")
    #expect(terminal.end() == 0)
    #expect(terminal.isRestored)
  }

  /// Where nobody can bring it to the front, it does not begin.
  @Test func whereItCannotBeStoppedItEnds() throws {
    let program = try ProgramProcess.program().path
    let script = "set -m; trap '' TTOU; \"\(program)\" run & wait; echo \"ended with $?\""
    let terminal = try shell(script)
    #expect(terminal.wait(for: "no view in the background"), "\(terminal.output)")
    #expect(terminal.wait(for: "ended with"))
    #expect(terminal.end() == 0)
    #expect(terminal.isCooked && !terminal.output.contains("\u{1B}[?1049h"))
  }
}
