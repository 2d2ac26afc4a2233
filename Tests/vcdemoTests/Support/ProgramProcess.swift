// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation

// These files are those of all test targets: the benchmarks' have a symbolic link to this folder.
#if VCBENCH
  import vcbench
#else
  import vcdemo
#endif

/// One run of the real program.
struct ProgramProcess {
  /// What it wrote to standard output.
  let output: String
  /// What it wrote to standard error.
  let messages: String
  /// Its exit code.
  let status: Int32

  /// Runs the program that was built beside this test bundle and waits for its end.
  init(_ arguments: String...) throws {
    try self.init(arguments)
  }

  /// Runs the program with these words and waits for its end.
  init(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = try ProgramProcess.program()
    process.arguments = arguments
    let output = Pipe()
    let messages = Pipe()
    process.standardOutput = output
    process.standardError = messages
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Messages are one line: they cannot fill their pipe while the output is read.
    self.output = try ProgramProcess.text(output)
    self.messages = try ProgramProcess.text(messages)
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
  }

  /// The built program: the tests run from the folder it is in.
  static func program() throws -> URL {
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: Program.name)
  }

  private static func text(_ pipe: Pipe) throws -> String {
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
