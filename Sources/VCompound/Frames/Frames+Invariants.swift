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
    var free = 0
    for index in 0..<chunkCount {
      let chunk = chunks[index]
      let isAbsent = absent.range(containing: index) != nil
      precondition(isAbsent == (chunk.state == .absent), "chunk \(index) is filed wrongly")
      guard chunk.state == .resident else {
        precondition(chunk.free == 0, "chunk \(index) has free frames, but no memory")
        continue
      }
      precondition(chunksWithFree.contains(index) == (chunk.free > 0), "chunk \(index)")
      let exist = frames(in: index..<index + 1).pageCount.rawValue
      let counted = Self.chunkSize - chunk.used.count(in: 0..<Self.chunkSize)
      precondition(counted == Int(chunk.free), "chunk \(index): \(counted), not \(chunk.free)")
      precondition(
        exist == Self.chunkSize || chunk.used.firstClear(from: exist) == Self.chunkSize,
        "chunk \(index): a frame past the end is free")
      free += counted
    }
    precondition(free == freeResident.rawValue, "\(free) frames free, not \(freeResident)")
    let absentFrames = absent.ranges.reduce(0) { $0 + frames(in: $1).pageCount.rawValue }
    precondition(absentFrames == freeAbsent.rawValue)
    validateRuns()
  }

  /// Finds the free runs by walking the maps, and compares them with those filed.
  private func validateRuns() {
    var filed: Set<Range<Int>> = []
    runs.forEachRun(holding: 1) { run in
      precondition(filed.insert(run).inserted, "run \(run) is filed twice")
      precondition(runs.run(endingWith: run.upperBound - 1) == run, "run \(run): its end differs")
    }
    precondition(filed.count == runs.count, "\(filed.count) runs, not \(runs.count)")
    var walked = 0
    forEachResidentRun { run in
      precondition(filed.contains(run), "run \(run) is not filed")
      walked += 1
    }
    precondition(walked == filed.count, "\(filed.count - walked) runs filed that are not free")
  }
}
