// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `vcdemo record` is asked to do.
package struct RecordOptions: Equatable, Sendable {
  /// The file that the trace goes to; nil for one that is named after the program.
  package var output: String?
  /// The least size that is recorded.
  package var minimum = 4096
  /// The recording library; nil for the one beside this program.
  package var library: String?
  /// Whether the program runs once without being recorded, to tell the slow-down.
  package var runsTwice = false
  /// Whether each process has a trace, however little it keeps alive.
  package var keepsAll = false
  /// The program and its arguments.
  package var command: [String]

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    output = try arguments.value("-o", Values.path)
    minimum = try arguments.value("--min", Values.size) ?? minimum
    library = try arguments.value("--library", Values.path)
    runsTwice = try arguments.flag("--twice")
    keepsAll = try arguments.flag("--all")
    do throws(CommandFailure) {
      command = try arguments.operands("PROGRAM")
    } catch {
      throw .usage(error.message + "; the program and its words stand behind '--'")
    }
    try arguments.finish()
  }

  /// Where the trace goes.
  package var outputPath: String {
    output ?? (command[0].split(separator: "/").last.map(String.init) ?? "program") + ".trace"
  }

  /// Where the trace of another process of the same recording goes.
  package func path(ofProcess number: Int) -> String { "\(outputPath).\(number)" }

  /// The bytes that a process beside the first one must keep alive to have a trace.
  package var leastPeak: Int { keepsAll ? 0 : 1 << 20 }

  /// The recording library.
  ///
  /// - Throws: what to do where it is not there.
  package func findLibrary() throws(CommandFailure) -> String {
    let name = "libvcrecord.so"
    let own = realPath("/proc/self/exe") ?? ""
    let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let path = library ?? folder.joined(separator: "/") + "/" + name
    guard let found = realPath(path) else {
      throw .input(
        "record: \(path): \(describe(errorNumber: errno)); 'swift build -c release --product "
          + "vcrecord' makes it, --library PATH names another")
    }
    return found
  }
}

extension Values {
  /// A file's name.
  package static let path = ValueKind(expects: "a file's name") { $0.isEmpty ? nil : $0 }
}
