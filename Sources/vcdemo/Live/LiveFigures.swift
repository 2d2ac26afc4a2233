// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// The figures of an allocator that a live view shows: of this process, or of another one.
package struct LiveFigures: Equatable, Sendable {
  /// By the names that the library gives them; a number that is not there is 0.
  private let numbers: [String: Int]

  /// Those of an allocator.
  package init(_ statistics: AllocatorStatistics) {
    numbers = Dictionary(statistics.named) { first, _ in first }
  }

  /// The largest number that another process is believed: sums of a few are integers.
  private static let largest = 1 << 52

  /// Those that an allocator of another process has told, line by line: a name and a number; nil
  /// where it is no allocator that tells.
  package init?(lines: [Substring]) {
    var numbers: [String: Int] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      guard words.count == 2, let number = Int(words[1]) else { continue }
      numbers[String(words[0])] = min(max(0, number), Self.largest)
    }
    guard numbers["capacity"] != nil else { return nil }
    self.numbers = numbers
  }

  private subscript(_ name: String) -> Int { numbers[name] ?? 0 }

  /// The size of the arena, in bytes.
  package var capacity: Int { self["capacity"] }
  /// The requests that were refused.
  package var refused: Int { self["failures"] }

  /// As the view has them.
  package var figures: [LiveState.Figure] {
    let (live, cached, stitched) = (self["live"], self["cached"], self["stitched"])
    let stitchedRequests = self["stitchedAllocations"]
    let requests = self["contiguousAllocations"] + stitchedRequests
    return [
      .init("live", Format.size(live)),
      .init("cached", Format.size(cached)),
      .init("free", Format.size(max(0, self["freeResident"] - cached))),
      .init("not resident", Format.size(max(0, capacity - self["resident"]))),
      .init("stitched", "\(Format.size(stitched)), \(Format.percent(stitched, of: live)) of live"),
      .init("refused", Format.count(refused), refused > 0 ? .bad : .good),
      .init(
        "requests",
        "\(Format.count(requests)), \(Format.count(stitchedRequests)) stitched, "
          + "\(Format.count(self["exchangedAllocations"])) exchanged"),
    ]
  }
}
