// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct TraceFileTests {
  @Test(arguments: [("numpy.trace", 25_661, 12_943), ("ffmpeg-decode.trace", 1_540, 773)])
  func readsTheTracesOfRealPrograms(name: String, events: Int, requests: Int) throws {
    let file = try TraceFile(path: Samples.path(name))
    #expect(file.name == name)
    #expect(file.trace.events.count == events)
    #expect(file.trace.requestCount == requests)
  }

  @Test func saysThatAFileIsMissing() {
    #expect(throws: CommandFailure.input("/nowhere/x.trace: No such file or directory")) {
      try TraceFile(path: "/nowhere/x.trace")
    }
  }

  @Test func saysThatAFolderIsNoFile() {
    let path = Samples.folder.path
    #expect(throws: CommandFailure.input("\(path): Is a directory")) { try TraceFile(path: path) }
  }

  @Test func namesTheLineAtFault() throws {
    _ = try Samples.withFile("a 0 1 1 0 0\nf 1 0 0\n") { path in
      #expect(throws: CommandFailure.input("\(path):2: id 1 is unknown")) {
        try TraceFile(path: path)
      }
    }
  }
}
