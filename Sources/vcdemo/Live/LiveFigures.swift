// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// The figures of an allocator that a live view shows: of this process, or of another one.
package struct LiveFigures: Equatable, Sendable {
  package var capacity = 0
  package var live = 0
  package var cached = 0
  package var freeResident = 0
  package var resident = 0
  package var stitched = 0
  package var contiguousAllocations = 0
  package var stitchedAllocations = 0
  package var exchangedAllocations = 0
  package var refused = 0

  /// Those of an allocator.
  package init(_ statistics: AllocatorStatistics) {
    capacity = statistics.capacity.rawValue
    live = statistics.live.rawValue
    cached = statistics.cached.rawValue
    freeResident = statistics.freeResident.rawValue
    resident = statistics.resident.rawValue
    stitched = statistics.stitched.rawValue
    contiguousAllocations = statistics.contiguousAllocations
    stitchedAllocations = statistics.stitchedAllocations
    exchangedAllocations = statistics.exchangedAllocations
    refused = statistics.failures
  }

  /// The largest number that another process may tell: sums of a few are integers.
  private static let largest = 1 << 52

  /// Those that an allocator of another process has told, line by line: a name and a number; nil
  /// where no allocator has such numbers.
  package init?(lines: [Substring]) {
    var numbers: [Substring: Int] = [:]
    for line in lines {
      let words = line.split(separator: " ")
      if words.count == 2 { numbers[words[0]] = Int(words[1]) }
    }
    var isStrange = false
    func number(_ name: Substring) -> Int {
      let number = numbers[name] ?? 0
      if number > Self.largest { isStrange = true }
      return max(0, number)
    }
    capacity = number("capacity")
    live = number("live")
    cached = number("cached")
    freeResident = number("freeResident")
    resident = number("resident")
    stitched = number("stitched")
    contiguousAllocations = number("contiguousAllocations")
    stitchedAllocations = number("stitchedAllocations")
    exchangedAllocations = number("exchangedAllocations")
    refused = number("failures")
    if isStrange { return nil }
  }

  /// As the view has them.
  package var figures: [LiveState.Figure] {
    let requests = contiguousAllocations + stitchedAllocations
    return [
      .init("live", Format.size(live)),
      .init("cached", Format.size(cached)),
      .init("free", Format.size(max(0, freeResident - cached))),
      .init("no memory", Format.size(max(0, capacity - resident))),
      .init("stitched", "\(Format.size(stitched)), \(Format.percent(stitched, of: live)) of live"),
      .init("refused", Format.count(refused), refused > 0 ? .bad : .good),
      .init(
        "requests",
        "\(Format.count(requests)), \(Format.count(stitchedAllocations)) stitched, "
          + "\(Format.count(exchangedAllocations)) exchanged"),
    ]
  }
}
