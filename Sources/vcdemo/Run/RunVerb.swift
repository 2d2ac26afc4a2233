// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Verb {
  /// `vcdemo run`.
  package static let run = Verb(
    name: "run",
    summary: "watch an arena while a program allocates in it",
    help: """
      Plays the allocations of a recorded program, and shows the arena while it goes on: what its
      pages are used for, the free blocks of each size, and what each request got.

      Examples:
        vcdemo run --beside buddy
        vcdemo run Tests/Traces/numpy.trace --budget 1.00 --beside buddy
        vcdemo run Tests/Traces/numpy.trace --speed 200
        vcdemo run --beside buddy --svg arena.svg --plain

      Usage: vcdemo run [TRACE] [options]
        --budget R        arena of R times the trace's peak live pages (default 1.05)
        --capacity SIZE   arena of SIZE instead: 4096, 64KiB, 2MiB, 1GiB
        --beside buddy    a classic buddy allocator beside it, on the same trace in an arena of the
                          same size
        --speed N         N events a second at first (default: half a minute in all)
        --seed N          the seed of the workload that is built in (default 1)
        --color WHEN      auto (default: unless the environment has NO_COLOR), always or never
        --ascii           ASCII only; so it is where the locale has no UTF-8
        --plain           a summary instead, also on a terminal
        --svg FILE        draws the most remarkable moment too: one at which the buddy refuses what
                          VCompound serves, if there is one

      Keys: space stops and goes on, s or . plays one event, + and - change the speed, q ends;
      without a terminal to press them on, the view ends with the trace.

      Without a TRACE a workload that is built in is played: blocks of pages that come and go at
      random, more and more of them large. Where standard output is no terminal, and behind the
      last picture, a summary is written, without escape sequences. Each cell is so many pages side
      by side, and is drawn as what most of them are; a block that fills several cells has a colour
      of its own in them. Where pages have no memory, exchange has moved on: an arena has several
      times as many addresses as pages. The stamps in every page are checked; the exit code is 1
      where one is damaged, or VCompound refuses a request. (A budget below 1 makes it.)
      """,
    run: { arguments in
      let options = try RunOptions(&arguments)
      if let svg = options.svg { try OutputFile.prepare(at: svg) }
      let (trace, name) = try workload(options)
      let view = LiveView(width: 112, height: 34, LiveLook(hasColour: true, isASCII: false))
      let panes = options.beside == nil ? 1 : 2
      let session = try RunSession(
        trace, name: name, options,
        picturedRoom: options.svg == nil ? nil : view.room(panes: panes))
      if Terminal.isThere, !options.isPlain {
        let speed = options.speed ?? max(20, trace.events.count / 30)
        var source = RunSource(session, speed: speed)
        try LiveLoop.run(&source, LiveLook(options.colour, isASCII: options.isASCII))
      } else {
        while !session.isOver { session.step() }
      }
      StandardOutput.line(RunSummary.text(session))
      if let svg = options.svg {
        let last = session.state(room: view.room(panes: panes), progress: "", keys: "")
        let screen = view.screen(session.picture ?? last)
        try OutputFile.write(ScreenDrawing(screen).svg(title: "vcdemo run: \(name)"), to: svg)
      }
      session.finish()
      return session.damaged > 0 || session.refused.compound > 0 ? .violated : .success
    })

  private static func workload(
    _ options: RunOptions
  ) throws(CommandFailure) -> (trace: Trace, name: String) {
    guard let path = options.path else {
      return (BuiltInWorkload.trace(seed: options.seed), "built-in workload")
    }
    let file = try TraceFile(path: path)
    return (file.trace, file.name)
  }
}
