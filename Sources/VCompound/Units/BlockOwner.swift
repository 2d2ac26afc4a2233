// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What frees a block: a block has one owner at a time.
package enum BlockOwner: BitwiseCopyable, Sendable {
  /// A value such as `CompoundBuffer`, when its life ends.
  case buffer
  /// A pointer: a call with the block's address.
  case pointer
}
