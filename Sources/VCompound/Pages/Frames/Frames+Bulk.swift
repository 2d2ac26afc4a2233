// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Frames {
  /// Takes frames for several blocks of one size at once: one change of the map for up to 64
  /// frames that lie side by side, not one for each block.
  ///
  /// Single frames are the lowest that are free, as `takeContiguous` takes them; larger blocks are
  /// cut from the shortest run that holds one.
  ///
  /// - Parameters:
  ///   - count: the blocks wanted, at least 1.
  ///   - size: the frames of each.
  /// - Returns: frames for at least one block and at most `count`, side by side; nil where no run
  ///   of resident frames holds a block.
  /// - Complexity: constant, and proportional to the chunks of the run.
  @inline(__always)
  package mutating func takeBlocks(_ count: Int, of size: PageCount) -> FrameRun? {
    guard let run = size == 1 ? lowestFrame() : runs.shortest(holding: size.rawValue) else {
      return nil
    }
    let fitting = size == 1 ? run.count : run.count / size.rawValue * size.rawValue
    let length = min(count * size.rawValue, fitting)
    take(run.lowerBound..<run.lowerBound + length, of: run)
    return FrameRun(first: PageFrame(run.lowerBound), pageCount: PageCount(length))
  }
}
