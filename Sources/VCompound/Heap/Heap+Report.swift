// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// A text about all that a heap has. Every part is read under its own lock, as statistics are, and
// written when the lock is free.

extension Heap {
  /// See `CompoundAllocator.report`.
  package func report() -> String {
    let (ledger, fragmentation) = pages.read { (LedgerReport($0), $0.frames.fragmentation()) }
    let caches = reclaimers.all.map(\.report)
    let sections = [
      "arena '\(policy.name)' of \(pageCount.byteCount.inMebibytes), fallback: \(policy.fallback)\n"
        + "helper: \(helperReport)",
      statistics.description,
      ledger.text,
      fragmentation.report,
      objectReport,
      "pools and object caches\n"
        + (caches.isEmpty ? ["none"] : caches).map { "  " + $0 }.joined(separator: "\n"),
      censusReport,
    ]
    return sections.compactMap { $0 }.map { $0 + "\n" }.joined(separator: "\n")
  }

  /// What a child of fork gets.
  package static var reportOfChild: String { "the arena is that of a parent process\n" }

  private var helperReport: String {
    guard let upkeep = policy.upkeep else { return "none" }
    let decay = upkeep.decay.map { "gives back what is free for \($0)" } ?? "gives nothing back"
    let healing = policy.heals ? upkeep.healingPerSecond.inMebibytes + " a second" : "nothing"
    let wish = helper.wish
    return "\(decay), exchanges \(healing), "
      + (wish > 0 ? "keeps a run of \(wish) at hand" : "keeps no run at hand")
  }

  /// The classes of which there are slabs, as `vmstat -C` lists the kernel's caches.
  private var objectReport: String {
    let classes = unsafe threads.withAll { forEach in
      objects.shapes.compactMap { shape -> [Int]? in
        let counts = objects.counts(of: shape.kind)
        guard counts.slabs > 0 else { return nil }
        var kept = 0
        unsafe forEach { unsafe kept += ObjectMagazines(of: $0)[shape.kind].count }
        return [
          shape.byteCount, max(0, counts.out - kept), counts.capacity, counts.slabs,
          counts.pageCount.rawValue, kept, counts.depot,
        ]
      }
    }
    let head = ["size", "in use", "total", "slabs", "pages", "magazines", "depot"]
    let rows = [head] + classes.map { row in row.map { String($0) } }
    return "objects\n"
      + rows.map { row in row.map { $0.right(11) }.joined() }.joined(separator: "\n")
  }
}

/// Where the frames are, at one moment.
private struct LedgerReport {
  private let lines: [(name: String, pages: PageCount)]

  init(_ ledger: borrowing Ledger) {
    lines = [
      ("blocks, in magazines too", ledger.accounts.out),
      ("slabs", ledger.accounts.slabs),
      ("in transit", ledger.accounts.transit),
      ("free, resident", ledger.frames.freeResident),
      ("free, absent", ledger.frames.freeAbsent),
      ("hidden: getting memory or losing it", ledger.frames.inTransit),
    ]
  }

  var text: String {
    let rows = lines.map { name, pages in
      "  " + name.left(37) + String(pages.rawValue).right(12)
    }
    return (["ledger, in pages"] + rows).joined(separator: "\n")
  }
}

extension ArenaFragmentation {
  /// The free blocks of each order, as in `/proc/buddyinfo`, and what a buddy allocator could do
  /// with them.
  fileprivate var report: String {
    let blocks = freeBlocks.enumerated().map { order, count in
      let share = inPercent(unusableFreeSpaceIndex(order: PageOrder(order)))
      return String(order).right(11) + String(count).right(11) + share.right(11)
    }
    let head = "order".right(11) + "blocks".right(11) + "unusable".right(11)
    return "free memory: \(free) in \(runs) runs, the longest of \(longestRun)\n"
      + ([head] + blocks).joined(separator: "\n")
  }
}
