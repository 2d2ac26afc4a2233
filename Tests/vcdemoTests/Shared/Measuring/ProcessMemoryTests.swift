// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ProcessMemoryTests {
  @Test func readsTheCounters() {
    let text = """
      Name:\tvcdemo
      VmHWM:\t    2048 kB
      VmRSS:\t    1024 kB
      RssAnon:\t     512 kB
      RssFile:\t     500 kB
      RssShmem:\t      12 kB
      VmPTE:\t      88 kB
      Threads:\t1

      """
    let bytes = Array(text.utf8)
    let status = ProcessMemory.parse(bytes.span)
    var expected = ProcessMemory.Status()
    expected.anonymous = 512 << 10
    expected.file = 500 << 10
    expected.pageTables = 88 << 10
    expected.resident = 1024 << 10
    expected.residentPeak = 2048 << 10
    #expect(status == expected)
  }

  @Test(arguments: ["VmRSS:", "VmRSS:\t kB", "VmRSS:\t12", "VmRSSx:\t12 kB", "VmRSS:\t-1 kB"])
  func takesNoLineThatIsNotWhole(text: String) {
    let bytes = Array(text.utf8)
    let status = ProcessMemory.parse(bytes.span)
    #expect(status == ProcessMemory.Status())
  }

  @Test func knowsThisProcess() throws {
    let status = ProcessMemory.status()
    #expect(status.anonymous > 0)
    #expect(status.residentPeak >= status.anonymous)
    #expect(try #require(ProcessMemory.mappingsLeft()) > 0)
  }
}
