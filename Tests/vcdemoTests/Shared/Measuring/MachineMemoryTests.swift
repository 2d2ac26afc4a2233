// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct MachineMemoryTests {
  private static let meminfo = "MemTotal: 16 kB\nMemFree: 4 kB\nMemAvailable:      8 kB\n"

  /// What is found where the kernel's files have these texts.
  private func memory(_ files: [String: String]) throws -> MachineMemory {
    let root = FileManager.default.temporaryDirectory
      .appending(path: "vcdemo-test-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return MachineMemory(root: root.path)
  }

  @Test func asksTheMachine() throws {
    #expect(
      try memory(["proc/meminfo": Self.meminfo]) == MachineMemory(available: 8192, groupLeft: nil))
    #expect(try memory([:]) == MachineMemory(available: nil, groupLeft: nil))
    #expect(try #require(MachineMemory().available) > 1 << 20)
  }

  @Test func theTightestGroupCountsAndItsFileCacheDoesNot() throws {
    let group = "sys/fs/cgroup"
    let memory = try memory([
      "proc/self/cgroup": "1:cpu:/other\n0::/outer/inner\n",
      "\(group)/outer/memory.max": "1000\n", "\(group)/outer/memory.current": "700\n",
      "\(group)/outer/memory.stat": "anon 500\ninactive_file 150\nactive_file 30\n",
      "\(group)/outer/inner/memory.max": "max\n", "\(group)/outer/inner/memory.current": "5\n",
      "\(group)/other/memory.max": "1\n", "\(group)/other/memory.current": "1\n",
    ])
    #expect(memory == MachineMemory(available: nil, groupLeft: 480))
  }

  @Test func anOlderKernelHasOtherNames() throws {
    let group = "sys/fs/cgroup/memory"
    let memory = try memory([
      "proc/meminfo": Self.meminfo, "proc/self/cgroup": "4:memory,hugetlb:/a\n0::/\n",
      "\(group)/memory.limit_in_bytes": "9223372036854771712\n",
      "\(group)/memory.usage_in_bytes": "5000\n",
      "\(group)/a/memory.limit_in_bytes": "4096\n", "\(group)/a/memory.usage_in_bytes": "6000\n",
      "\(group)/a/memory.stat": "inactive_file 9\ntotal_inactive_file 2000\n",
    ])
    #expect(memory == MachineMemory(available: 8192, groupLeft: 96))
  }

  @Test func refusesMoreThanThereIs() throws {
    func message(_ needed: Int, _ memory: MachineMemory) -> String? {
      do throws(CommandFailure) {
        try memory.check(needed, for: "x", "do y")
        return nil
      } catch {
        return error.message
      }
    }
    let machine = MachineMemory(available: 8 << 20, groupLeft: nil)
    #expect(message(8 << 20, machine) == nil)
    #expect(
      message(9 << 20, machine) == "x needs 9 MiB of memory, this machine has 8 MiB: do y")
    let group = MachineMemory(available: 8 << 20, groupLeft: 4 << 20)
    #expect(message(4 << 20, group) == nil)
    #expect(
      message(5 << 20, group) == "x needs 5 MiB of memory, its memory cgroup leaves 4 MiB: do y")
    #expect(message(2 << 20, MachineMemory(available: 1 << 20, groupLeft: 4 << 20)) != nil)
    #expect(message(1 << 60, MachineMemory(available: nil, groupLeft: nil)) == nil)
  }
}
