// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the frame model knows of one chunk.
///
/// All zeroes: absent, as every chunk begins.
struct Chunk: BitwiseCopyable {
  /// Whether the chunk has memory, and whether requests may see it.
  enum State: UInt8, BitwiseCopyable {
    /// No memory behind it; free, and filed among the absent chunks.
    case absent = 0
    /// Memory behind it, behind its holes excepted; its free frames serve requests.
    case resident = 1
    /// On its way from one to the other: it belongs to the thread that moves it.
    case hidden = 2
  }

  /// The frames that are not free: in use, on their way, or without memory.
  ///
  /// Meaningful while resident; frames past the end of the frame space count as used.
  var used: FrameMap

  /// The frames without memory: a part of `used`.
  ///
  /// A resident chunk with some is *holed*; one that has only those is absent.
  var holes: FrameMap

  /// The number of free frames, at most 512; of a hidden chunk, of those that get memory.
  var free: UInt16

  /// The number of frames without memory of a resident chunk.
  var holeCount: UInt16

  /// Whether it is absent, resident, or between the two.
  var state: State

  /// Whether single frames have lost their memory since it was made as a whole: then the kernel has
  /// a page table for it, absent or not.
  var isSplit: Bool
}
