// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// Checks everything that must hold, in builds with VCOMPOUND_INTERNAL_CHECKS.
  @inline(__always)
  func checkInvariants() {
    #if VCOMPOUND_INTERNAL_CHECKS
      validate()
    #endif
  }

  /// Checks everything that must hold, and stops the program where it does not.
  ///
  /// - Complexity: O(chunks + free runs).
  package func validate() {
    var (free, inUse, moving, unused) = (0, 0, 0, 0)
    var next = 0
    while next < chunkCount {
      let index = next
      let chunk = chunks[index]
      next = chunk.state == .absent ? absent.run(startingAt: index).upperBound : index + 1
      let exist = frames(in: index..<index + 1).pageCount.rawValue
      guard chunk.state == .resident else {
        precondition(!hollow.contains(index), "chunk \(index) has no memory, but is hollow")
        if chunk.state == .hidden {
          moving += Int(chunk.free)
        } else {
          unused += frames(in: index..<next).pageCount.rawValue
          precondition(chunk.free == 0, "chunk \(index) has free frames, but no memory")
        }
        continue
      }
      precondition(chunksWithFree.contains(index) == (chunk.free > 0), "chunk \(index)")
      let counted = Self.chunkSize - chunk.used.count(in: 0..<Self.chunkSize)
      precondition(counted == Int(chunk.free), "chunk \(index): \(counted), not \(chunk.free)")
      precondition(
        exist == Self.chunkSize || chunk.used.firstClear(from: exist) == Self.chunkSize,
        "chunk \(index): a frame past the end is free")
      free += counted
      var holes = chunk.holes
      holes.subtract(chunk.used)
      precondition(holes.count == 0, "chunk \(index): a frame without memory is free")
      precondition(chunk.holes.count == Int(chunk.holeCount), "chunk \(index): its holes")
      precondition(Int(chunk.holeCount) < exist, "chunk \(index) has no memory at all")
      let isHollow = counted > 0 && chunk.holeCount > 0 && counted + Int(chunk.holeCount) == exist
      precondition(hollow.contains(index) == isHollow, "chunk \(index): is it hollow?")
      inUse += exist - counted - Int(chunk.holeCount)
    }
    precondition(unused == fresh.rawValue, "\(unused) frames fresh, not \(fresh)")
    precondition(free == freeResident.rawValue, "\(free) frames free, not \(freeResident)")
    // Frames of holed chunks that are on their way look used here.
    precondition(
      moving <= hidden.rawValue && moving + inUse == (hidden + used).rawValue,
      "\(moving) frames hidden and \(inUse) used, not \(hidden) and \(used)")
    precondition(freeAbsent >= 0, "\(free + inUse + moving) frames with memory: too many")
    Self.validate(absent) { body in forEachAbsentRange(body) }
    Self.validate(runs) { body in forEachResidentRun(body) }
  }

  /// Calls a function for every maximal range of absent chunks, as their states have them.
  ///
  /// Most chunks of the frame space are never used: of the middle of a range that is filed as long,
  /// nothing is looked at.
  private func forEachAbsentRange(_ body: (Range<Int>) -> Void) {
    var start = 0
    var index = 0
    while index <= chunkCount {
      if isAbsent(index) {
        let filed = index == start ? absent.run(startingAt: index).upperBound : 0
        index = max(index + 1, filed - 8)
        continue
      }
      if start < index { body(start..<index) }
      index += 1
      start = index
    }
  }

  /// Compares the runs that are filed with those that a walk finds.
  private static func validate(
    _ index: borrowing RunIndex, against walk: ((Range<Int>) -> Void) -> Void
  ) {
    var filed: Set<Range<Int>> = []
    index.forEachRun(holding: 1) { run in
      precondition(filed.insert(run).inserted, "run \(run) is filed twice")
      precondition(index.run(endingWith: run.upperBound - 1) == run, "run \(run): its end differs")
    }
    precondition(filed.count == index.count, "\(filed.count) runs, not \(index.count)")
    var walked = 0
    walk { run in
      precondition(filed.contains(run), "run \(run) is not filed")
      walked += 1
    }
    precondition(walked == filed.count, "\(filed.count - walked) runs filed that are not free")
  }
}
