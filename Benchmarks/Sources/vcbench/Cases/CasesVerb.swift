// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension Verb {
  /// `vcbench cases`, and what the program does with words that are no verb.
  package static let cases = Verb(
    name: "cases",
    summary: "measure what single operations cost, beside others",
    help: """
      Measures small pieces of work, VCompound and others in turn, several times each.

      Examples:
        vcbench --list warm stitch
        vcbench warm stitch
        vcbench stitch.cold.16 --rounds 15 --seconds 0.2
        vcbench warm.64KiB --peer snmalloc=/usr/lib/libsnmallocshim.so
        vcbench allocfree --svg allocfree.svg
        vcbench fleetbench --fleetbench TCMALLOC_0.csv --json
        vcbench mixed --fleetbench TCMALLOC_0.csv --trace Tests/Traces/numpy.trace

      Usage: vcbench [cases] CASE... [options]
        CASE                   a case, or how the names of some begin, or 'all'
        --rounds N             how often everything is measured (default 7)
        --seconds S            the time of one measurement (default 0.05, at most 60)
        --seed N               the seed of the random choices (default 1)
        --peer NAME=PATH       one more malloc to preload, or another file of a known one
        --fleetbench FILE.csv  a file of sizes, rates and live objects, which makes a case of all
                               sizes (mixed), and one of those of a page and more (fleetbench)
        --trace FILE           a trace, which makes a case (mixed) that lives it again and again
        --svg FILE             draw the allocfree cases of one thread, time against size
        --html FILE            write a page with all of it, that needs no other file
        --warm SIZE            touch so much memory before, so that the host of a virtual machine
                               backs it; where it does not, the spread of the rounds shows that
        --list                 only list the cases, all where none is named
        --json                 one JSON object

      jemalloc, mimalloc and tcmalloc are found where they are installed, and left out where they
      are not. They, glibc's malloc and VCompound run the same loops in children of this program,
      each in one of its own. Loops take as long as --seconds says; the kernel's cases too, which
      there have a number of loops. Traces are lived to their ends, and a full cache (churn) gets
      20,000 values, however long that takes. Footprints are peaks, page tables and the allocator's
      own tables included. Run it on a machine that does nothing else, in a release build.
      """,
    run: { arguments in
      if try arguments.flag(WorkerCrew.option) { return try Worker.run(&arguments) }
      return try Bench.run(try BenchOptions(&arguments))
    })
}

/// Runs the chosen cases and reports.
enum Bench {
  static func run(_ options: BenchOptions) throws(CommandFailure) -> ExitStatus {
    let all = BenchCatalogue.cases(options.profiles, traces: options.traces)
    let chosen = try BenchCatalogue.select(options.cases, from: all)
    if options.lists {
      StandardOutput.line(BenchCatalogue.list(chosen))
      return .success
    }
    for path in [options.svg, options.html] { try path.map(OutputFile.prepare) }
    // They are read in their cases; that one is not there is told before the others run.
    for path in options.traces where unsafe path != "-" && access(path, R_OK) != 0 {
      throw .input("\(path): \(describe(errorNumber: errno))")
    }
    var search: PeerSearch?
    if chosen.contains(where: \.needsPeers) {
      let found = try PeerSearch(named: options.peers)
      try found.check()
      search = found
    }
    HostMemory.back(options.warmBytes)
    if !options.json { StandardOutput.line(BenchTable.heading(options, peers: search)) }
    let context = BenchContext(options: options, peers: search?.peers ?? [])
    var table = BenchTable(chosen)
    var results: [(BenchCase, BenchResult)] = []
    for benchCase in chosen {
      let result = try benchCase.run(context)
      results.append((benchCase, result))
      if !options.json { StandardOutput.line(table.text(benchCase, result)) }
    }
    if let path = options.svg {
      guard
        let chart = AllocfreeChart.svg(
          results.map { ($0.0.name, $0.1) }, host: .current())
      else {
        throw .input("--svg draws the allocfree cases, and none was run")
      }
      try OutputFile.write(chart, to: path)
    }
    if let html = options.html {
      try OutputFile.write(BenchPage.page(options, peers: search, results).text, to: html)
    }
    if options.json {
      StandardOutput.line(BenchDocument.json(options, peers: search, results).text)
    }
    return .success
  }
}
