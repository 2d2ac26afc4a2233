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
    /// Memory behind it; its free frames serve requests.
    case resident = 1
    /// On its way from one to the other: it belongs to the thread that moves it.
    case hidden = 2
  }

  /// The frames in use.
  ///
  /// Meaningful while resident; frames past the arena's end count as used.
  var used: FrameMap

  /// The number of free frames: at most 512, and none unless resident.
  var free: UInt16

  /// Whether it is absent, resident, or between the two.
  var state: State
}
