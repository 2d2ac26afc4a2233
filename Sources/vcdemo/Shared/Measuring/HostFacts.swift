// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a reader of the figures must know about the machine.
package struct HostFacts: Equatable, Sendable {
  /// The processors that are online.
  package var cpus: Int
  /// The kernel's release; empty where unknown.
  package var kernel: String
  /// The bytes of a page.
  package var pageSize: Int
  /// The mappings that a process may have.
  package var maxMapCount: Int?
  /// When anonymous memory gets huge pages.
  package var hugePages: String?
  /// When shared memory and memory files get huge pages.
  package var sharedHugePages: String?
  /// When the kernel makes room for a huge page at once.
  package var hugePageDefrag: String?

  /// Asks this machine.
  package static func current() -> HostFacts {
    let huge = "/sys/kernel/mm/transparent_hugepage/"
    return HostFacts(
      cpus: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))),
      kernel: text("/proc/sys/kernel/osrelease") ?? "",
      pageSize: Int(sysconf(Int32(_SC_PAGESIZE))),
      maxMapCount: text("/proc/sys/vm/max_map_count").flatMap { Int($0) },
      hugePages: text(huge + "enabled").map(chosen),
      sharedHugePages: text(huge + "shmem_enabled").map(chosen),
      hugePageDefrag: text(huge + "defrag").map(chosen))
  }

  /// The word in brackets, by which the kernel marks the chosen one of several.
  package static func chosen(_ text: String) -> String {
    guard let opening = text.firstIndex(of: "["), let closing = text.firstIndex(of: "]"),
      opening < closing
    else { return text }
    return String(text[text.index(after: opening)..<closing])
  }

  /// One line for people.
  var text: String {
    var parts = ["\(Format.count(cpus, "processor")), kernel \(kernel)"]
    if let maxMapCount { parts.append("max_map_count \(maxMapCount)") }
    if let hugePages { parts.append("huge pages \(hugePages)") }
    if let sharedHugePages { parts.append("shared \(sharedHugePages)") }
    return parts.joined(separator: ", ")
  }

  /// The facts as JSON.
  package var json: JSONValue {
    .object([
      ("cpus", .integer(cpus)),
      ("kernelRelease", .string(kernel)),
      ("pageSize", .integer(pageSize)),
      ("maxMapCount", .integer(maxMapCount)),
      ("transparentHugePages", hugePages.map { .string($0) } ?? .null),
      ("transparentHugePagesShared", sharedHugePages.map { .string($0) } ?? .null),
      ("transparentHugePagesDefrag", hugePageDefrag.map { .string($0) } ?? .null),
    ])
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? InputFile.bytes(at: path) else { return nil }
    return String(decoding: bytes.filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
