// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which block a frame belongs to: found from any frame of it, not only the first one (Linux:
/// `virt_to_head_page`).
///
/// Where a block begins, its record stands in a table with a place for every frame, and a bit is
/// set in the head map of its chunk. The head of any frame is the last set bit at or before it;
/// for a chunk in which a block goes on that began in an earlier one, `carry` names that head.
/// A frame at which no block begins has no record.
///
/// A stitched block has a record at the head of each of its runs, which names its window. Not
/// thread-safe.
package struct BlockTable: ~Copyable {
  /// The heads in one chunk.
  ///
  /// All zeroes: none.
  private struct Heads: BitwiseCopyable {
    var map: FrameMap
    /// The head of the block that goes on into this chunk, plus one; stale when none does.
    var carry: UInt32
  }

  private static let chunkSize = PageCount.pagesPerChunk

  private var records: ZeroedTable<Record>
  private var heads: ZeroedTable<Heads>

  /// Makes an empty table for an arena of `pageCount` frames.
  package init(pageCount: PageCount, system: OperatingSystem) throws(CompoundError) {
    let chunkCount = (pageCount.rawValue + Self.chunkSize - 1) / Self.chunkSize
    let records = try ZeroedTable<Record>(count: chunkCount * Self.chunkSize, system: system)
    let heads = try ZeroedTable<Heads>(count: chunkCount, system: system)
    self.records = records
    self.heads = heads
  }

  /// Enters a block, or one run of a stitched block.
  ///
  /// - Complexity: O(chunks of the run).
  @inline(__always)
  package mutating func insert(_ run: FrameRun, _ record: Record) {
    let first = run.first.rawValue
    records[Self.place(of: run.first)] = record
    let chunk = first / Self.chunkSize
    let bit = first % Self.chunkSize
    heads[chunk].map.insert(bit..<bit + 1)
    carry(run)
  }

  /// Extends a block that has been entered over more chunks.
  @inline(__always)
  package mutating func carry(_ run: FrameRun) {
    let last = (run.end.rawValue - 1) / Self.chunkSize
    var chunk = run.first.rawValue / Self.chunkSize + 1
    while chunk <= last {
      heads[chunk].carry = UInt32(run.first.rawValue + 1)
      chunk += 1
    }
  }

  /// Marks heads, or takes their marks off, where a block begins at every frame of a run.
  @inline(__always)
  mutating func changeHeads(
    _ run: FrameRun, _ change: (inout FrameMap, _ bits: Range<Int>) -> Void
  ) {
    Frames.forEachPart(of: run.first.rawValue..<run.end.rawValue) { chunk, bits in
      change(&heads[chunk].map, bits)
    }
  }

  /// Writes the record of a head; its mark is set by `changeHeads`.
  @inline(__always)
  mutating func setRecord(of head: PageFrame, _ record: Record) {
    records[Self.place(of: head)] = record
  }

  /// Changes the record of a block.
  package mutating func update(_ head: PageFrame, _ record: Record) {
    assert(isHead(head))
    records[Self.place(of: head)] = record
  }

  /// Takes a block out.
  @inline(__always)
  package mutating func remove(_ head: PageFrame) {
    assert(isHead(head))
    let bit = head.rawValue % Self.chunkSize
    heads[head.rawValue / Self.chunkSize].map.remove(bit..<bit + 1)
    records[Self.place(of: head)] = .none
  }

  /// Takes out every block, and every run of a stitched one, that begins in a run.
  ///
  /// - Complexity: O(blocks + chunks of the run).
  package mutating func removeHeads(in run: FrameRun) {
    Frames.forEachPart(of: run.first.rawValue..<run.end.rawValue) { chunk, bits in
      var bit = heads[chunk].map.firstMarked(from: bits.lowerBound)
      while bit < bits.upperBound {
        records[Self.place(of: PageFrame(chunk * Self.chunkSize + bit))] = .none
        bit = heads[chunk].map.firstMarked(from: bit + 1)
      }
      heads[chunk].map.remove(bits)
    }
  }

  /// Where the record of a frame stands: among those of its chunk, in another cache line than
  /// those of the frames a power of two away.
  ///
  /// Two threads with blocks of one size, side by side, then write to different lines: with the
  /// records in order, two threads with a page each were slower than one.
  @inline(__always)
  package static func place(of frame: PageFrame) -> Int {
    let number = frame.rawValue
    let group = number >> 6 & 7
    let line = (number & 63) ^ group
    return number & ~(chunkSize - 1) | line << 3 | group
  }

  /// The records, for use without a lock: each belongs to the owner of its block.
  var sharedRecords: SharedTable<Record> { records.shared }

  /// Whether a block, or a run of a stitched one, begins at this frame.
  @inline(__always)
  package func isHead(_ frame: PageFrame) -> Bool {
    heads[frame.rawValue / Self.chunkSize].map.contains(frame.rawValue % Self.chunkSize)
  }

  /// The record of a head.
  @inline(__always)
  package subscript(head: PageFrame) -> Record { records[Self.place(of: head)] }

  /// The record of a head whose owner may be writing it, without a lock.
  func loadWord(_ head: PageFrame) -> Record { records.shared.loadWord(Self.place(of: head)) }

  /// The heads in a chunk, and the head of the block that goes on into it, if one ever did.
  func heads(of chunk: Int) -> (map: FrameMap, carry: PageFrame?) {
    let carry = Int(heads[chunk].carry)
    return (heads[chunk].map, carry == 0 ? nil : PageFrame(carry - 1))
  }

  /// The head of the block that a frame in use belongs to.
  ///
  /// - Parameter frame: a frame in use; for a free one the answer means nothing.
  /// - Returns: the head, or nil where no block was ever entered.
  package func head(of frame: PageFrame) -> PageFrame? {
    let chunk = frame.rawValue / Self.chunkSize
    if let bit = heads[chunk].map.lastMarked(through: frame.rawValue % Self.chunkSize) {
      return PageFrame(chunk * Self.chunkSize + bit)
    }
    let carry = Int(heads[chunk].carry)
    return carry == 0 ? nil : PageFrame(carry - 1)
  }

  /// Calls a function for every head, ascending, until it returns something.
  ///
  /// - Complexity: O(chunks + blocks).
  package func first<Found>(_ body: (_ head: PageFrame, Record) -> Found?) -> Found? {
    for chunk in 0..<heads.count {
      var bit = heads[chunk].map.firstMarked(from: 0)
      while bit < FrameMap.bitCount {
        let head = PageFrame(chunk * Self.chunkSize + bit)
        if let found = body(head, self[head]) { return found }
        bit = heads[chunk].map.firstMarked(from: bit + 1)
      }
    }
    return nil
  }
}
