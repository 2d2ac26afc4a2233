// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which blocks an allocator lists, with their labels, sizes and ages; see
/// ``CompoundAllocator/census()``.
public enum CensusCoverage: Hashable, Sendable {
  /// None: allocating and freeing take no more time than without this choice.
  case off

  /// Every block. Allocating and freeing take a lock, and 40 bytes a block.
  case everything

  /// About one block for each so many bytes that are allocated, chosen at random; from those,
  /// what all blocks are is estimated. A mebibyte or half of one suits most programs.
  ///
  /// A block that is larger than that is nearly always listed. What adds up to many times as much
  /// is estimated well, what is less is listed or not. With one byte or less every block is listed.
  case sampled(every: ByteCount)

  /// The bytes from one sample to the next on an average, 0 where every block is listed; nil where
  /// none is.
  var period: Int? {
    switch self {
    case .off: nil
    case .everything: 0
    // No program allocates the bound, and no product of it with a logarithm overflows.
    case .sampled(let every): every > 1 ? min(every.rawValue, 1 << 50) : 0
    }
  }
}

/// The blocks of an allocator at one moment, by label and place; see
/// ``CompoundAllocator/census()``.
public struct ArenaCensus: Hashable, Sendable, Codable {
  /// Blocks with one label, from one place in the program.
  public struct Row: Hashable, Sendable, Codable {
    /// The label; empty for blocks without one.
    public internal(set) var label = ""
    /// Where they were allocated, as `Module/File.swift:12`, or nil where that is not known, or
    /// where the row has those of several places.
    public internal(set) var place: String?
    /// The blocks.
    public internal(set) var blocks = 0
    /// The bytes that were asked for.
    public internal(set) var asked: ByteCount = 0
    /// The bytes that nobody else can have: whole pages, or places in slabs.
    public internal(set) var held: ByteCount = 0
    /// The part of those that is in stitched blocks.
    public internal(set) var stitched: ByteCount = 0
    /// The runs of frames behind the blocks; one for a block in one piece.
    public internal(set) var runs = 0
    /// How long ago the oldest block was allocated, to some milliseconds; nil where there is none.
    public internal(set) var oldest: Duration?
    /// The same of the youngest.
    public internal(set) var youngest: Duration?
    /// The blocks ever allocated.
    public internal(set) var allocations = 0
    /// How often a block was stitched, or grew into one that is: a count, also where blocks are
    /// sampled.
    public internal(set) var stitches = 0
    /// How often a request was refused: a count, also where blocks are sampled.
    public internal(set) var refusals = 0
    /// How fragmented free memory was when that last happened.
    public internal(set) var scarcity: Scarcity?
  }

  /// How fragmented the free memory was when a request had to be stitched, or was refused.
  ///
  /// Measured right afterwards, a hundred times a second at most for each label.
  public struct Scarcity: Hashable, Sendable, Codable {
    /// How long ago, to some milliseconds.
    public internal(set) var age: Duration
    /// Whether the request was refused; else it was stitched.
    public internal(set) var isRefusal: Bool
    /// The smallest order of blocks in which the request fits, 18 at most.
    public internal(set) var order: Int
    /// The pages that were free.
    public internal(set) var free: PageCount
    /// The longest run of them.
    public internal(set) var longestRun: PageCount
    /// The share of them that is of no use to a buddy allocator for that order
    /// (`unusable_free_index` of Linux); 1 where nothing was free.
    public internal(set) var unusableFreeSpaceIndex: Double
  }

  /// The rows, those that hold most first.
  public internal(set) var rows: [Row] = []

  /// Whether only some blocks are listed, and the numbers of blocks, bytes, runs and allocations
  /// are estimates from those.
  public internal(set) var isEstimate = false

  /// The blocks ever that were not listed because the table was full: it has room for one for each
  /// 16 bytes of the arena, and for 64 Mi at most.
  public internal(set) var unlisted = 0

  /// The rows with one label added up, those that hold most first.
  public var labels: [Row] {
    var result: [String: Row] = [:]
    for row in rows {
      var row = row
      row.place = nil
      result[row.label, default: Row(label: row.label)].add(row)
    }
    return result.values.sorted()
  }

  /// All rows added up.
  public var total: Row { rows.reduce(into: Row()) { $0.add($1) } }

  /// The labels and places that hold most, in one line, for a message:
  /// `'frames' (Player/Decoder.swift:12) 24.0 MiB in 6 blocks; no label 1.5 MiB in 17 blocks`.
  ///
  /// - Parameter count: the most of them.
  /// - Returns: the text; empty where there is no block.
  public func largestHolders(_ count: Int = 3) -> String {
    rows.prefix(max(0, count)).filter { $0.blocks > 0 }.map { row in
      row.title + (isEstimate ? " about " : " ") + row.held.inMebibytes
        + " in \(row.blocks) block\(row.blocks == 1 ? "" : "s")"
    }.joined(separator: "; ")
  }
}

extension ArenaCensus.Row {
  /// The label and the place, for people.
  var title: String {
    (label.isEmpty ? "no label" : "'\(label)'") + (place.map { " (\($0))" } ?? "")
  }

  /// Adds what another row has, but for label and place.
  mutating func add(_ other: Self) {
    blocks += other.blocks
    asked = asked + other.asked
    held = held + other.held
    stitched = stitched + other.stitched
    runs += other.runs
    oldest = [oldest, other.oldest].compactMap { $0 }.max()
    youngest = [youngest, other.youngest].compactMap { $0 }.min()
    allocations += other.allocations
    stitches += other.stitches
    refusals += other.refusals
    scarcity = [scarcity, other.scarcity].compactMap { $0 }.min { $0.age < $1.age }
  }
}

extension Sequence<ArenaCensus.Row> {
  /// Those that hold most first, the others by their names.
  func sorted() -> [ArenaCensus.Row] {
    sorted { left, right in
      if left.held != right.held { return left.held > right.held }
      if left.allocations != right.allocations { return left.allocations > right.allocations }
      return (left.label, left.place ?? "") < (right.label, right.place ?? "")
    }
  }
}
