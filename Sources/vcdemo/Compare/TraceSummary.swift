// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a comparison tells about a trace.
package struct TraceSummary: Equatable, Sendable {
  /// The file, as it was given.
  package let path: String
  /// The file that every contender reads.
  package let file: String
  /// The file's name.
  package let name: String
  /// The events in it.
  package let events: Int
  /// The bytes alive at its peak.
  package let peakLiveBytes: Int
  /// The pages that its peak needs.
  package let peakPages: Int
  /// Whether most of its peak is in blocks smaller than a page.
  package let hasSmallBlocks: Bool
  /// The nanoseconds from its first event to its last one; 0 where it has no times.
  package let duration: UInt64

  /// The nanoseconds that a replay may take.
  package let timeLimit: UInt64

  /// Holds these facts.
  package init(
    path: String, file: String? = nil, name: String, events: Int, peakLiveBytes: Int,
    peakPages: Int? = nil, hasSmallBlocks: Bool = false, duration: UInt64 = 0,
    timeLimit: UInt64 = 0
  ) {
    self.path = path
    self.file = file ?? path
    self.name = name
    self.events = events
    self.peakLiveBytes = peakLiveBytes
    self.peakPages = peakPages ?? LivePeak.pageCount(peakLiveBytes)
    self.hasSmallBlocks = hasSmallBlocks
    self.duration = duration
    self.timeLimit = timeLimit
  }

  /// Reads and checks the file at `path`.
  ///
  /// - Parameters:
  ///   - path: the name of a regular file, which every contender reads again, or `-` for standard
  ///     input, which is kept for them.
  ///   - memory: the memory that can be had.
  /// - Throws: a failure that names the file, also where its replay needs too much memory.
  package init(
    path: String, memory: MachineMemory = MachineMemory()
  ) throws(CommandFailure) {
    let isStandardInput = path == InputFile.standardInput
    let source = isStandardInput ? try TraceSummary.keepInput() : path
    close(try InputFile.open(source).descriptor)
    let trace = try TraceFile(path: source).trace
    let peak = LivePeak(of: trace)
    try memory.check(
      peak.pageByteCount, for: "compare: the peak of \(path)", "use a machine with more memory")
    self.init(
      path: path, file: source, name: TraceFile.name(of: path), events: trace.events.count,
      peakLiveBytes: peak.byteCount, peakPages: peak.pages,
      hasSmallBlocks: peak.smallByteCount > peak.byteCount / 2,
      duration: trace.duration, timeLimit: ReplayChild.limit(for: trace))
  }

  /// Copies standard input to a file in memory, which lasts as long as this process.
  private static func keepInput() throws(CommandFailure) -> String {
    let bytes = try InputFile.table(at: InputFile.standardInput)
    let descriptor = unsafe memfd_create(Program.name + "-input", UInt32(MFD_CLOEXEC))
    let code = unsafe bytes.span.withUnsafeBytes { bytes in
      unsafe writeAll(bytes, to: descriptor)
    }
    if let code { throw .input("compare: standard input: \(describe(errorNumber: code))") }
    return "/proc/\(getpid())/fd/\(descriptor)"
  }
}
