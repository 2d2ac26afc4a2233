// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcdemo replay`.
  package static let replay = Verb(
    name: "replay",
    summary: "replay the allocations of a real program",
    help: """
      Replays every allocation, reallocation and free of a recorded program on one thread.

      Examples:
        vcdemo replay Tests/Traces/numpy.trace
        vcdemo replay Tests/Traces/numpy.trace --budget 1.00 --verify
        vcdemo replay Tests/Traces/numpy.trace --backend buddy --capacity 256MiB
        vcdemo replay Tests/Traces/numpy.trace --backend malloc --repeat 5 --json

      Usage: vcdemo replay TRACE [options]
        --budget R        arena of R times the trace's peak live pages (default 1.20)
        --capacity SIZE   arena of SIZE instead: 4096, 64KiB, 2MiB, 1GiB
        --backend NAME    compound (default), buddy (a classic one) or malloc (has no capacity)
        --repeat N        replay N times on the same allocator: the first pass, and the steady
                          state by the median of the later replays; refused requests are summed
        --pace R          R times as fast as the program was; its pauses count in the times
        --upkeep          with the thread that heals and gives memory back (compound only)
        --verify          check the stamps in every page at free, after realloc and at the end
        --clock-once      read the clock once for the first replay too, not at each event: no
                          phases and no latencies of it
        --linger SECONDS  after the last replay wait so long, then see what is resident (default 0)
        --warm            touch 2.5 times the peak before, so that the host of a virtual machine
                          backs it; where it does not, the spread of several runs shows that
        --html FILE       write a page with charts and a map of the arena over time, of one replay
                          more, that needs no other file
        --json            one JSON object; null where a figure makes no sense for the allocator

      TRACE is a regular file or a pipe, of \(Format.size(InputFile.largestSize)) at most; '-' is standard input.
      The text of a heaptrack recording will do too (zstd -dc FILE | vcdemo replay -), raw or
      interpreted: the interpreted form does not tell which of several blocks of one size and
      backtrace goes, the youngest is taken; its reallocs are a free and an allocation.
      A trace whose peak is more than the memory that can be had is refused before the replay.
      Every page of a block is written at birth. A refused request is counted, and later events
      of its block are skipped; it does not change the exit code. A refused realloc keeps the old
      block. Times are per event of the trace; 'allocate' includes realloc, 'touch' is writing
      (and checking) the stamps. Latencies are those of all requests, refused ones included.
      The clock is read at each event of the first replay, and once for each later one; one replay
      more is for the latencies of the steady state. Of several later ones the first is left out.
      The peak live pages count blocks of 4096 bytes and more in whole pages and smaller ones
      together by bytes; during a realloc that cannot be done in place both blocks count.
      Resident memory is the arena's own peak plus the growth of anonymous memory; for buddy and
      malloc it is the peak growth of anonymous memory alone. Page tables count for all. What is
      resident before the allocator is opened counts for nobody: the trace and all that the replay
      needs beside it are in mappings of their own, not in the heap of a malloc. The peak of the
      steady state is that of the later replays; for VCompound the arena's highest so far. What is
      left is resident when everything is freed, before the allocator is closed.
      """,
    run: { arguments in
      let options = try ReplayOptions(&arguments)
      let file = try TraceFile(path: options.path)
      try options.html.map(OutputFile.prepare)
      let result = try ReplayResult.run(file, options)
      let report = ReplayReport(result)
      StandardOutput.line(options.json ? report.json.text : report.text)
      if let html = options.html {
        let page = ReplayPage.page(report, try ReplayResult.film(file, options, result.capacity))
        try OutputFile.write(page.text, to: html)
      }
      if let damage = result.firstDamage { Program.complain(damage) }
      return report.verified == false ? .violated : .success
    })
}
