// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// What came out of a run, as text.
enum RunSummary {
  /// The lines: what was refused, and a map of each allocator.
  ///
  /// - Parameters:
  ///   - session: the run, before its last blocks are freed.
  ///   - maps: the cells of a map.
  /// - Returns: the lines, the last one without its end.
  static func text(_ session: RunSession, maps: Int = 72 * 12) -> String {
    let state = session.state(room: maps, progress: "", keys: "")
    var lines = ["\(state.title), \(budget(session)): \(state.progress)"]
    for pane in state.panes {
      lines.append("")
      lines += wrapped(pane)
      let isOurs = pane.name == state.panes[0].name
      let first = isOurs ? session.firstRefusals.compound : session.firstRefusals.buddy
      if let first {
        lines.append("  refused first: #\(Format.count(first + 1)), \(request(session, first))")
      }
      lines += PlainMap.lines(pane.map)
    }
    lines.append(PlainMap.legend(state.panes[0].map))
    return lines.joined(separator: "\n")
  }

  private static func budget(_ session: RunSession) -> String {
    let share = Double(session.capacity) / Double(max(1, session.peak.pageByteCount))
    return "\(Format.decimal(share, digits: 2)) times its peak"
  }

  private static func request(_ session: RunSession, _ index: Int) -> String {
    RunWords.request(session.trace, index)
  }

  /// The name and the figures, in lines of one width.
  private static func wrapped(_ pane: LiveState.Pane) -> [String] {
    var lines = [pane.name + ":"]
    for figure in pane.figures {
      let text = " \(figure.name) \(figure.text);"
      if lines[lines.count - 1].count + text.count > 78 { lines.append(" ") }
      lines[lines.count - 1] += text
    }
    lines[lines.count - 1].removeLast()
    return lines
  }
}
