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
      shows the time, the memory and the refusals of each: in the first pass, and in the steady
      state of later replays on the same allocator.

      Examples:
        vcdemo compare Tests/Traces/numpy.trace Tests/Traces/ffmpeg-decode.trace
        vcdemo compare Tests/Traces/numpy.trace --rounds 9 --budgets 1.00,1.05 --svg chart.svg
        vcdemo compare my.trace --html report.html
        vcdemo compare Tests/Traces/numpy.trace --only compound,jemalloc --json
        vcdemo compare Tests/Traces/numpy.trace --peer mine=/opt/mine/libmine.so
        zstd -dc heaptrack.program.1234.zst | vcdemo compare -

      Usage: vcdemo compare TRACE... [options]
        TRACE              a file of 'vcdemo record', or the text of a heaptrack recording; '-' is
                           standard input
        --rounds N         measure N times, after a warm-up that does not count (default 5)
        --repeat N         replay N times in each process (default 4): the first pass, and the steady
                           state by the median of the later replays, the first of them left out
        --linger SECONDS   see what is left so long after the last replay (default 0)
        --upkeep           VCompound with the thread that heals and gives memory back
        --budgets LIST     VCompound's arenas, in times the trace's peak live pages
                           (default 1.00,1.02,1.05,1.10,1.20,1.50)
        --peer NAME=PATH   another malloc to preload; may be given several times
        --only NAMES       only these: compound, glibc, jemalloc, mimalloc, tcmalloc, snmalloc,
                           rpmalloc, or the name of a --peer, split by commas
        --timeout SECONDS  kill a process that takes longer, and go on without its contender (default
                           for each replay a minute, and 100 µs for every event and every page)
        --json             one JSON object with the figures of every round
        --svg FILE         draw footprint against time, a panel for each trace and regime
        --html FILE        write a page with all of it, charts and tables, that needs no other file

      Above the tables it says for each trace whether VCompound is worth it: what would be resident
      on each malloc and here, which budget that needs, what is stitched and what it costs in time.
      It is beside glibc's malloc, in the regime in which VCompound does worse. A saving counts from
      5 % and 8 MiB on, a difference in time from 10 % and 1 % of the program's run on. Where another
      malloc keeps up, which needs no change of the program, the answer is no.

      Every figure comes from a 'vcdemo replay' in a process of its own: glibc's malloc as it is,
      the others by LD_PRELOAD. Debian has them as libjemalloc2, libmimalloc2.0 and
      libtcmalloc-minimal4. All contenders take turns in every round, in an order that changes.
      Figures are medians, with the least and the most for the time. Time is that of the event loop,
      in the first pass also of opening the arena, per event, not that of closing it. The clock is
      read once a replay; latencies ('p99.9': 99.9 % of the requests take no longer) come from one
      replay more, in the steady state. With --repeat 1 there is a first pass only, and the clock is
      read at each event. The ratio is to the peer that is fastest in that regime, glibc among them.
      Footprint is peak resident memory for each byte alive at the trace's peak, without what was
      resident before the first event: arena, metadata and page tables count, the harness does not.
      'left' is what is resident when everything is freed, as a share of the peak: what the
      allocator did not give back by itself. Pages that it only marked as free (MADV_FREE) are
      resident until the kernel needs them, and touching them again is no page fault. Page faults
      are counted over 1000 events. Refused requests are those of all replays of a process. A point
      with refused requests never counts as VCompound's best. Variables that tune a malloc are
      passed on; LD_PRELOAD is not. Before the rounds 2.5 times the largest peak is touched, as far
      as memory can be had, so that the host of a virtual machine backs it. Where it does not, a
      touch takes milliseconds: a wide spread from least to most shows that.
      The exit code is 1 if a contender failed; the others go on without it.
      """,
    run: { arguments in
      let options = try CompareOptions(&arguments)
      let lineup = try Lineup(options)
      let traces = try options.paths.map { path throws(CommandFailure) in
        try TraceSummary(path: path)
      }
      let limit = options.processLimit(for: traces.map(\.timeLimit).max() ?? 0)
      try lineup.checkPeers(options, on: traces[0], limit: limit)
      for path in [options.svg, options.html] { try path.map(OutputFile.prepare) }
      for line in lineup.absences { Program.complain(line) }
      HostMemory.back(HostMemory.need(forPeak: traces.map(\.peakLiveBytes).max() ?? 0))
      var comparison = Comparison(
        traces: traces, contenders: lineup.contenders, rounds: options.rounds)
      let results = comparison.run { (contender, path) throws(ChildFailure) in
        try ReplayChild.measure(contender, path, options, limit: limit)
      } noteDropout: {
        Program.complain($0.message)
      }
      let result = CompareResult(
        options, host: .current(), traces: results, dropouts: comparison.dropouts)
      StandardOutput.line(options.json ? result.json.text : CompareTable.text(result))
      if let svg = options.svg {
        try OutputFile.write(CompareChart.svg(result.traces, host: result.host), to: svg)
      }
      if let html = options.html {
        let page = ComparePage.page(result, lineup.contenders)
        try OutputFile.write(page.text, to: html)
      }
      return result.dropouts.isEmpty ? .success : .violated
    })
}
