// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Blocks of one size that lie side by side, entered and taken out together.

extension BlockTable {
  /// Enters every block of a run that was taken in bulk.
  ///
  /// - Parameters:
  ///   - run: the frames of the blocks, side by side.
  ///   - size: the frames of each.
  ///   - record: what is known of each.
  /// - Complexity: O(blocks), and O(chunks of the run).
  @inline(__always)
  mutating func insertBlocks(_ run: FrameRun, of size: PageCount, _ record: Record) {
    guard size == 1 else {
      var rest = run
      while rest.pageCount > 0 {
        insert(rest.prefix(size), record)
        rest = rest.dropping(size)
      }
      return
    }
    changeHeads(run) { map, bits in map.insert(bits) }
    for frame in run.first.rawValue..<run.end.rawValue {
      setRecord(of: PageFrame(frame), record)
    }
  }

  /// Takes every block of a run out.
  @inline(__always)
  mutating func removeBlocks(_ run: FrameRun, of size: PageCount) {
    guard size == 1 else {
      var rest = run
      while rest.pageCount > 0 {
        remove(rest.first)
        rest = rest.dropping(size)
      }
      return
    }
    changeHeads(run) { map, bits in map.remove(bits) }
    for frame in run.first.rawValue..<run.end.rawValue {
      setRecord(of: PageFrame(frame), .none)
    }
  }
}
