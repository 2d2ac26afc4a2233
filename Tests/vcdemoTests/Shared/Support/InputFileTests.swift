// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import vcdemo

@Suite struct InputFileTests {
  private func failure(
    _ path: String, largestSize: Int = InputFile.largestSize, patience: Int32 = 30
  ) -> String? {
    #expect(throws: CommandFailure.self) {
      _ = try InputFile.bytes(at: path, largestSize: largestSize, patience: patience)
    }?.message
  }

  @Test func readsUpToTheLimit() throws {
    try Samples.withFile("0123456789") { path in
      let bytes = try InputFile.bytes(at: path, largestSize: 10)
      #expect(bytes == Array("0123456789".utf8))
      #expect(failure(path, largestSize: 9) == "\(path): too large: at most 9 bytes can be read")
    }
  }

  @Test func aSparseFileIsRefusedUnread() throws {
    try Samples.withFile("") { path in
      try #require(truncate(path, 1 << 40) == 0)
      #expect(failure(path) == "\(path): too large: at most 1 GiB can be read")
    }
  }

  @Test(arguments: ["/dev/zero", "/dev/null"])
  func aDeviceIsRefused(path: String) {
    #expect(failure(path) == "\(path): neither a regular file nor a pipe")
  }

  @Test(.timeLimit(.minutes(1)))
  func aPipeWithoutAWriterIsGivenUp() throws {
    try Samples.withPipe { path in
      #expect(
        failure(path, patience: 1) == "\(path): the pipe brought nothing for 1 second")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aPipeIsReadToItsEndHoweverLateItsWriterIs() throws {
    try Samples.withPipe { path in
      let script = "sleep 0.3; (printf 12; sleep 0.3; printf 34) >'\(path)'"
      let text = try Samples.whileRunning(script) {
        String(decoding: try InputFile.bytes(at: path), as: UTF8.self)
      }
      #expect(text == "1234")
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aPipeWithoutEndIsRefused() throws {
    try Samples.withPipe { path in
      let message = try Samples.whileRunning("exec yes >'\(path)' 2>/dev/null") {
        failure(path, largestSize: 1 << 20)
      }
      #expect(message == "\(path): too large: at most 1 MiB can be read")
    }
  }
}
