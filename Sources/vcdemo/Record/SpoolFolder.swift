// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The folder in which recorded processes write, removed with the value.
struct SpoolFolder: ~Copyable {
  let path: String

  init() throws(CommandFailure) {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/vcdemo-record-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw .input("record: cannot make a folder in \(parent): \(describe(errorNumber: errno))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }

  /// The names of the files, in the order in which their processes began.
  var names: [String] {
    Folder.names(in: path).filter { !$0.hasPrefix(".") }.sorted { start(of: $0) < start(of: $1) }
  }

  private func start(of name: String) -> UInt64 {
    name.split(separator: "-").last.flatMap { UInt64($0) } ?? 0
  }

  /// What a recorded process finds in its environment.
  func variables(library: String, minimum: Int) -> [String] {
    [
      "LD_PRELOAD=\(library)", "VCRECORD_FOLDER=\(path)", "VCRECORD_MINIMUM=\(minimum)",
      "VCRECORD_PROCESS=\(getpid())",
    ]
  }
}
