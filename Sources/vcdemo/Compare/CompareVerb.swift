// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcdemo compare`.
  package static let compare = Verb(
    name: "compare",
    summary: "compare VCompound with the mallocs of this machine",
    help: """
      Replays traces on VCompound at several budgets and on every malloc found on this machine, and
      shows the time, the memory and the refusals of each.

      Examples:
        vcdemo compare Tests/Traces/numpy.trace Tests/Traces/ffmpeg-decode.trace
        vcdemo compare Tests/Traces/numpy.trace --rounds 9 --budgets 1.00,1.05 --svg chart.svg
        vcdemo compare Tests/Traces/numpy.trace --only compound,jemalloc --json
        vcdemo compare Tests/Traces/numpy.trace --peer mine=/opt/mine/libmine.so

      Usage: vcdemo compare TRACE... [options]
        --rounds N         measure N times, after a warm-up that does not count (default 5)
        --budgets LIST     VCompound's arenas, in times the trace's peak live pages
                           (default 1.00,1.02,1.05,1.10,1.20,1.50)
        --peer NAME=PATH   another malloc to preload; may be given several times
        --only NAMES       only these: compound, glibc, jemalloc, mimalloc, tcmalloc, snmalloc,
                           rpmalloc, or the name of a --peer, split by commas
        --timeout SECONDS  kill a replay that takes longer, and go on without its contender (default
                           a minute, and 100 µs for every event and every page asked for)
        --json             one JSON object with the figures of every round
        --svg FILE         draw footprint against time, a panel for each trace

      Every figure comes from a 'vcdemo replay' in a process of its own: glibc's malloc as it is,
      the others by LD_PRELOAD. Debian has them as libjemalloc2, libmimalloc2.0 and
      libtcmalloc-minimal4. All contenders take turns in every round, in an order that changes.
      Figures are medians, with the least and the most for the time. Time is that of the event
      loop and of opening the arena, per event, not that of closing it. The ratio is to the fastest
      peer, glibc among them. Footprint is peak resident memory for each byte alive at the trace's
      peak. Page faults are counted over 1000 events. A point with refused requests never counts
      as VCompound's best. Variables that tune a malloc are passed on; LD_PRELOAD is not.
      The exit code is 1 if a contender failed; the others go on without it.
      """,
    run: { arguments in
      let options = try CompareOptions(&arguments)
      let lineup = try Lineup(options)
      let traces = try options.paths.map { path throws(CommandFailure) in
        try TraceSummary(path: path)
      }
      let limit = options.timeLimit ?? traces.map(\.timeLimit).max() ?? 0
      try lineup.checkPeers(options, on: traces[0], limit: limit)
      if let svg = options.svg { try OutputFile.prepare(at: svg) }
      for line in lineup.absences { StandardError.line("vcdemo: \(line)") }
      var comparison = Comparison(
        traces: traces, contenders: lineup.contenders, rounds: options.rounds)
      let results = comparison.run { (contender, path) throws(ChildFailure) in
        try ReplayChild.measure(contender, path, limit: limit)
      } noteDropout: {
        StandardError.line("vcdemo: \($0.message)")
      }
      let result = CompareResult(
        rounds: options.rounds, host: .current(), traces: results, dropouts: comparison.dropouts)
      StandardOutput.line(options.json ? result.json.text : CompareTable.text(result))
      if let svg = options.svg {
        try OutputFile.write(CompareChart.svg(result.traces), to: svg)
      }
      return result.dropouts.isEmpty ? .success : .violated
    })
}
