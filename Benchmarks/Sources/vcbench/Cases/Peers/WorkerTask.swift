// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a child of this program is asked to measure.
///
/// Every contender of the workloads runs in a process of its own: that way a malloc can be
/// preloaded, none of them finds another's memory, and the resident memory is its own.
package struct WorkerTask: Equatable, Sendable {
  /// The workloads.
  package enum Workload: String, CaseIterable, Sendable {
    /// Nothing: only says which malloc there is.
    case probe
    /// Allocate and free one size.
    case warm
    /// Allocate a batch of many sizes, free it in another order.
    case mixed
    /// A steady state of many sizes, from a schedule.
    case steady
    /// Bursts of as many blocks as the size says.
    case bursts
    /// A full cache, of as many bytes as the size says.
    case churn
    /// Blocks that another thread frees.
    case handed
    /// Allocate and free one size with natural alignment.
    case allocfree
  }

  /// What VCompound does without.
  package enum Layer: String, CaseIterable, Sendable {
    case none
    case objects
    case objectMagazines
    case depot
    case pageMagazines

    /// What is said behind VCompound's name.
    package var words: String {
      switch self {
      case .none: ""
      case .objects: " without object caches"
      case .objectMagazines: " without object magazines"
      case .depot: " without depot"
      case .pageMagazines: " without page magazines"
      }
    }
  }

  /// Who allocates.
  package enum Allocator: String, CaseIterable, Sendable {
    /// VCompound by pointers.
    case pointer
    /// VCompound by pointers, with a thread that heals and gives memory back.
    case healing
    /// VCompound by owned buffers.
    case buffer
    /// The malloc of the process.
    case malloc
  }

  /// What to do.
  package var workload: Workload
  /// By whom.
  package var allocator: Allocator
  /// The size of the blocks.
  package var byteCount = 0
  /// How many threads do it.
  package var threads = 1
  /// How long.
  package var nanoseconds: UInt64 = 0
  /// The seed of random choices.
  package var seed: UInt64 = 0
  /// The file with the schedule.
  package var path = "-"
  /// The layer of VCompound that is off.
  package var without = Layer.none

  /// A task with everything else as it is by default.
  package init(_ workload: Workload, _ allocator: Allocator) {
    self.workload = workload
    self.allocator = allocator
  }

  /// The task as words of a command line.
  package var words: [String] {
    [
      workload.rawValue, allocator.rawValue, "\(byteCount)", "\(threads)", "\(nanoseconds)",
      "\(seed)", path, without.rawValue,
    ]
  }

  /// Reads those words.
  package init?(words: [String]) {
    guard words.count == 8, let workload = Workload(rawValue: words[0]),
      let allocator = Allocator(rawValue: words[1]), let byteCount = Int(words[2]),
      let threads = Int(words[3]), threads > 0, let nanoseconds = UInt64(words[4]),
      let seed = UInt64(words[5]), let without = Layer(rawValue: words[7])
    else { return nil }
    self.init(workload, allocator)
    self.byteCount = byteCount
    self.threads = threads
    self.nanoseconds = nanoseconds
    self.seed = seed
    path = words[6]
    self.without = without
  }
}

/// What a child measured.
package struct WorkerReport: Equatable, Sendable {
  /// The operations and their time.
  package var lap = Lap()
  /// What another thread freed, and its time; nothing where none did.
  package var freeing = Lap()
  /// The peak of resident memory, in bytes; 0 where it was not measured.
  package var residentBytes = 0
  /// The peak of live blocks, in bytes; 0 where it was not measured.
  package var liveBytes = 0
  /// The blocks that VCompound allocated, where it was asked to count them.
  package var blocks = 0
  /// How many of them it stitched.
  package var stitchedBlocks = 0
  /// How many it exchanged.
  package var exchangedBlocks = 0
  /// How many were refused at first.
  package var refused = 0
  /// The file that malloc comes from.
  package var library = ""

  /// Nothing done.
  package init() {}

  /// The report as one line.
  package var text: String {
    "\(lap.operations) \(lap.nanoseconds) \(residentBytes) \(liveBytes) \(blocks) "
      + "\(stitchedBlocks) \(exchangedBlocks) \(refused) \(freeing.operations) \(freeing.nanoseconds) \(library)"
  }

  /// Reads that line.
  package init?(_ text: String) {
    let line = text.prefix { $0 != "\n" }
    let fields = line.split(separator: " ", maxSplits: 10, omittingEmptySubsequences: false)
    guard fields.count == 11, let operations = Int(fields[0]),
      let nanoseconds = UInt64(fields[1]), let resident = Int(fields[2]), let live = Int(fields[3]),
      let blocks = Int(fields[4]), let stitched = Int(fields[5]),
      let exchanged = Int(fields[6]), let refused = Int(fields[7]),
      let freed = Int(fields[8]), let freeTime = UInt64(fields[9])
    else { return nil }
    lap = Lap(operations: operations, nanoseconds: nanoseconds)
    freeing = Lap(operations: freed, nanoseconds: freeTime)
    residentBytes = resident
    liveBytes = live
    self.blocks = blocks
    stitchedBlocks = stitched
    exchangedBlocks = exchanged
    self.refused = refused
    library = String(fields[10])
  }
}
