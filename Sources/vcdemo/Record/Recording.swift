// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One recording: the run, and a trace for each process of it.
struct Recording {
  /// The trace of one process.
  struct Process {
    var program: String
    var path: String
    var summary: TraceWriter.Summary
    /// What ended the recording before the process ended.
    var error: Int32
  }

  let options: RecordOptions
  let run: RecordedRun
  /// The same program without being recorded, if asked for.
  let plainRun: RecordedRun?
  /// The processes that allocated something, the one that kept most alive first.
  private(set) var processes: [Process] = []
  /// The processes that kept too little alive for a trace.
  private(set) var smallProcesses = 0
  /// Whether the recording library was in any process at all.
  private(set) var wasSeen = false
  /// What an event takes, in nanoseconds.
  private(set) var eventCost: Double = 0

  /// Runs the program, and writes its traces.
  init(_ options: RecordOptions) throws(CommandFailure) {
    self.options = options
    let library = try options.findLibrary()
    let output = try ReservedFile(path: options.outputPath)
    plainRun = options.runsTwice ? try RecordedRun(options.command, variables: []) : nil
    let folder = try SpoolFolder()
    run = try RecordedRun(
      options.command, variables: folder.variables(library: library, minimum: options.minimum))
    for name in folder.names { try convert("\(folder.path)/\(name)") }
    if !processes.isEmpty { output.keep() }
    try nameFiles()
  }

  /// Writes the trace of a process, unless it is empty.
  private mutating func convert(_ path: String) throws(CommandFailure) {
    let file = try SpoolFile(path: path)
    wasSeen = true
    eventCost = max(eventCost, file.eventCost)
    let (program, error, start) = (file.program, file.error, file.start)
    let output = try TextFile(path: options.path(ofProcess: processes.count + 1))
    var writer = TraceWriter(start: start, minimum: options.minimum) {
      (line) throws(CommandFailure) in try output.write(line)
    }
    var merge = SpoolMerge(file)
    while let (event, thread) = merge.next() { try writer.add(event, thread: thread) }
    try output.flush()
    guard writer.summary.allocations > 0 else {
      unsafe unlink(output.path)
      return
    }
    processes.append(
      Process(program: program, path: output.path, summary: writer.summary, error: error))
  }

  /// Gives the trace of the process that kept most alive the name that was asked for.
  private mutating func nameFiles() throws(CommandFailure) {
    processes.sort { $0.summary.peakBytes > $1.summary.peakBytes }
    guard !processes.isEmpty else { return }
    // First all to names that none of them has.
    for index in processes.indices { try move(index, to: "\(processes[index].path).part") }
    while processes.count > 1, let last = processes.last, last.summary.peakBytes < options.leastPeak
    {
      unsafe unlink(last.path)
      processes.removeLast()
      smallProcesses += 1
    }
    for index in processes.indices {
      try move(index, to: index == 0 ? options.outputPath : options.path(ofProcess: index + 1))
    }
  }

  private mutating func move(_ index: Int, to path: String) throws(CommandFailure) {
    guard unsafe rename(processes[index].path, path) == 0 else {
      throw .input("\(path): \(describe(errorNumber: errno))")
    }
    processes[index].path = path
  }
}

/// A file that will be written, made sure of before minutes of work go into it.
///
/// Where nothing comes of the work, one that was not there before goes again; another one keeps
/// what it had.
private struct ReservedFile: ~Copyable {
  private let path: String
  private var isWanted: Bool

  init(path: String) throws(CommandFailure) {
    self.path = path
    var status = stat()
    isWanted = unsafe lstat(path, &status) == 0
    try OutputFile.prepare(at: path)
  }

  /// Says that it has been written.
  consuming func keep() { isWanted = true }

  deinit { if !isWanted { unsafe unlink(path) } }
}
