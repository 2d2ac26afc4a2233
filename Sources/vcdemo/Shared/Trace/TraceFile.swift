// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A trace and the file it came from.
package struct TraceFile: Sendable {
  /// The file's name as it was given.
  package let path: String

  /// Its events.
  package let trace: Trace

  /// Reads the file at `path`.
  ///
  /// - Parameter path: the file's name.
  /// - Throws: a failure that names the file and, where one is at fault, the line.
  package init(path: String) throws(CommandFailure) {
    self.path = path
    let bytes = try InputFile.table(at: path)
    do throws(TraceError) {
      trace = try TraceParser.parse(bytes.span)
    } catch {
      throw .input(error.message(path: path))
    }
  }

  /// The file's name without its folders.
  package var name: String { TraceFile.name(of: path) }

  /// A file's name without its folders.
  package static func name(of path: String) -> String {
    if path == InputFile.standardInput { return "standard input" }
    return path.split(separator: "/").last.map(String.init) ?? path
  }
}
