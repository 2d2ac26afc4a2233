// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A program that is not there: blocks of pages that come and go as a server's do, which fragments
/// an arena thoroughly.
package enum BuiltInWorkload {
  private static let live = 48 << 20
  private static let rounds = 3

  /// The allocations of the program; the same for the same seed.
  ///
  /// In each round the arena fills with small blocks, most of which go again, at random; then
  /// requests are larger and larger, up to 4 MiB.
  package static func trace(seed: UInt64) -> Trace {
    var maker = Maker(seed: seed)
    for _ in 0..<rounds {
      while maker.liveBytes < live { maker.bear(pages: 1 + maker.random.below(16)) }
      while maker.liveBytes > live / 2 { maker.freeOne() }
      for largest in [64, 256, 1024] {
        for _ in 0..<160 {
          let pages = largest / 4 + maker.random.below(largest * 3 / 4)
          while maker.liveBytes + pages * LivePeak.pageSize > live { maker.freeOne() }
          maker.bear(pages: pages)
          // The next ones find what the small ones left, not only what the last one did.
          if maker.random.below(3) == 0 { maker.freeOne() }
        }
      }
    }
    return maker.trace
  }

  private struct Maker {
    var random: SplitMix64
    var liveBytes = 0
    private var alive: [(block: Int32, byteCount: Int)] = []
    private var events: [Trace.Event] = []
    private var born: Int32 = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func bear(pages: Int) {
      // The last page is not full.
      let byteCount = pages * LivePeak.pageSize - random.below(LivePeak.pageSize)
      events.append(
        Trace.Event(kind: .allocate, alignmentShift: 4, block: born, byteCount: byteCount))
      alive.append((born, byteCount))
      liveBytes += byteCount
      born += 1
    }

    mutating func freeOne() {
      guard !alive.isEmpty else { return }
      let index = random.below(alive.count)
      alive.swapAt(index, alive.count - 1)
      let gone = alive.removeLast()
      liveBytes -= gone.byteCount
      events.append(Trace.Event(kind: .free, block: gone.block))
    }

    var trace: Trace {
      Trace(
        events: MappedTable(events),
        times: MappedTable(events.indices.map { UInt64($0) * 100_000 }),
        names: MappedTable((0..<born).map { UInt64($0) }))
    }
  }
}
