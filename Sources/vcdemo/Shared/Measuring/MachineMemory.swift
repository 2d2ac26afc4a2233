// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The memory that can still be had: by the machine, and by the control groups of this process.
package struct MachineMemory: Equatable, Sendable {
  /// The files of a control group that tell about its memory.
  private struct GroupFiles {
    let root: String
    let limit: String
    let usage: String
    /// The lines of `memory.stat` that count what the kernel gives back when memory is short.
    let reclaimable: Set<Substring>

    static let version1 = GroupFiles(
      root: "/sys/fs/cgroup/memory", limit: "memory.limit_in_bytes",
      usage: "memory.usage_in_bytes",
      reclaimable: ["total_active_file", "total_inactive_file"])
    static let version2 = GroupFiles(
      root: "/sys/fs/cgroup", limit: "memory.max", usage: "memory.current",
      reclaimable: ["active_file", "inactive_file"])
  }

  /// The bytes that the machine can give without swapping; nil where unknown.
  package let available: Int?
  /// The bytes that the tightest memory control group leaves; nil where none has a limit.
  package let groupLeft: Int?

  /// Holds these figures.
  package init(available: Int?, groupLeft: Int?) {
    self.available = available
    self.groupLeft = groupLeft
  }

  /// Asks the kernel.
  ///
  /// - Parameter root: the folder that `/proc` and `/sys` are in.
  package init(root: String = "") {
    let machine = MachineMemory.lines(root + "/proc/meminfo").first { $0[0] == "MemAvailable:" }
    let groups = MachineMemory.text(root + "/proc/self/cgroup")
    let left = groups.split(separator: "\n").compactMap { line -> Int? in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return nil }
      if fields[1].isEmpty { return MachineMemory.left(root, fields[2], .version2) }
      guard fields[1].split(separator: ",").contains("memory") else { return nil }
      return MachineMemory.left(root, fields[2], .version1)
    }
    self.init(available: machine.flatMap { Int($0[1]) }.map { $0 << 10 }, groupLeft: left.min())
  }

  /// Refuses work that needs more memory than can be had.
  ///
  /// - Parameters:
  ///   - needed: the bytes that the work will write to.
  ///   - work: what needs them, for the failure.
  ///   - advice: what to do about it.
  /// - Throws: a failure that tells what is needed and what there is; none where that is unknown.
  package func check(
    _ needed: Int, for work: String, _ advice: String
  ) throws(CommandFailure) {
    guard let least = [available, groupLeft].compactMap(\.self).min(), needed > least else {
      return
    }
    let source = least == groupLeft ? "its memory cgroup leaves" : "this machine has"
    throw .input(
      "\(work) needs \(Format.size(needed)) of memory, \(source) \(Format.size(least)): \(advice)")
  }

  /// What the group at a path and those around it leave: the least of them.
  private static func left(_ root: String, _ path: Substring, _ files: GroupFiles) -> Int? {
    var path = path
    var least: Int?
    while true {
      let folder = root + files.root + path + "/"
      if let limit = number(folder + files.limit), let usage = number(folder + files.usage) {
        let reclaimable = lines(folder + "memory.stat").reduce(0) { sum, line in
          files.reclaimable.contains(line[0]) ? sum + (Int(line[1]) ?? 0) : sum
        }
        least = min(least ?? limit, max(0, limit - max(0, usage - reclaimable)))
      }
      guard let slash = path.lastIndex(of: "/") else { return least }
      path = path[..<slash]
    }
  }

  /// The words of every line that has two at least.
  private static func lines(_ path: String) -> [[Substring]] {
    text(path).split(separator: "\n").map { $0.split(separator: " ") }.filter { $0.count >= 2 }
  }

  private static func number(_ path: String) -> Int? {
    Int(text(path).prefix { $0 != "\n" })
  }

  private static func text(_ path: String) -> String {
    String(decoding: (try? InputFile.bytes(at: path)) ?? [], as: UTF8.self)
  }
}
