// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What is said about a recording.
enum RecordReport {
  /// The lines for standard error: the program has standard output for itself.
  static func lines(_ recording: Recording) -> [String] {
    let name = recording.options.command[0]
    var lines: [String] = []
    if let ending = recording.run.ending { lines.append("\(name) \(ending)") }
    guard !recording.processes.isEmpty else {
      let reason =
        recording.wasSeen
        ? "it asked malloc for no block of \(Format.size(recording.options.minimum)) or more "
          + "('--min' takes smaller ones)"
        : "it cannot be preloaded: it is linked statically, or runs as another user"
      return lines + ["nothing was recorded: \(reason)"]
    }
    let rows = recording.processes.map { process in
      [
        process.path, Format.count(process.summary.allocations),
        Format.size(process.summary.peakBytes), Format.count(process.summary.threads),
        process.program,
      ]
    }
    let table = TextTable(
      alignments: [.left, .right, .right, .right, .left],
      rows: [["trace", "allocations", "peak live", "threads", "program"]] + rows)
    lines += table.text().split(separator: "\n").map(String.init)
    lines += recording.processes.compactMap(warning)
    if recording.smallProcesses > 0 {
      let least = Format.size(recording.options.leastPeak)
      let others = Format.count(recording.smallProcesses)
      lines.append("processes that kept less than \(least) alive: \(others) ('--all' keeps theirs)")
    }
    lines.append(slowDown(recording))
    return lines
  }

  private static func warning(_ process: Recording.Process) -> String? {
    if process.error != 0 {
      return "\(process.path) is cut off: \(describe(errorNumber: process.error))"
    }
    guard process.summary.lost > 0 else { return nil }
    return "\(process.path): \(Format.count(process.summary.lost, "block")) went in a way that was "
      + "not seen"
  }

  private static func slowDown(_ recording: Recording) -> String {
    let time = Double(recording.run.nanoseconds)
    var text = "the run took \(Format.duration(nanoseconds: time))"
    if let plain = recording.plainRun {
      let ratio = time / Double(max(1, plain.nanoseconds))
      return ratio < 1
        ? text + ", no longer than without being recorded"
        : text + ", \(Format.decimal(ratio, digits: 2)) times as long as without being recorded"
    }
    let events = recording.processes.reduce(0) { $0 + $1.summary.events }
    let share = Double(events) * recording.eventCost / max(1, time) * 100
    text += ", of which noting \(Format.count(events, "event")) at "
    text += "\(Format.decimal(recording.eventCost, digits: 0)) ns took about "
    return text + "\(Format.decimal(share, digits: 2)) % ('--twice' measures it)"
  }
}

extension Verb {
  /// `vcdemo record`.
  package static let record = Verb(
    name: "record",
    summary: "write the allocations of any program to a trace",
    help: """
      Runs a program with a small library preloaded that notes what it allocates and frees, and
      writes a trace, which 'vcdemo compare' and 'vcdemo replay' take.

      Examples:
        vcdemo record -o python.trace -- python3 -c 'import numpy'
        vcdemo record --min 16 -- git log --stat
        vcdemo compare python.trace

      Usage: vcdemo record [options] -- PROGRAM [WORD ...]
        -o FILE         the trace (default: the program's name and '.trace')
        --min SIZE      the least size that is recorded (default 4KiB)
        --all           a trace for each process, however little it keeps alive
        --twice         run the program once without being recorded first, to tell the slow-down
        --library PATH  the recording library (default: libvcrecord.so beside vcdemo)

      All threads are recorded, and each process that the program starts, in a file of its own: the
      one that kept most alive in FILE, others of 1 MiB and more in FILE.2, FILE.3 and so on. What
      was noted is there, too, when a program crashes, is killed or interrupted.

      Seen are malloc, calloc, realloc, reallocarray, aligned_alloc, posix_memalign, memalign,
      valloc, pvalloc and free, and so 'new' and 'delete': also of a malloc that the program brings
      as a library. Not seen: programs that are linked statically or bring their malloc within
      themselves, those that run as another user, memory that a program maps itself, and what an
      allocator of its own cuts from large blocks. Between fork and exec a child has its parent's
      blocks; their end there is not noted.

      The exit code is 1 where nothing was recorded.
      """,
    run: { arguments in
      let recording = try Recording(RecordOptions(&arguments))
      for line in RecordReport.lines(recording) { StandardError.line("vcdemo: \(line)") }
      return recording.processes.isEmpty ? .violated : .success
    })
}
