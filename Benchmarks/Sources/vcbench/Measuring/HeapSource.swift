// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Whoever can stand in for malloc: alignment and size are left to it.
package protocol HeapSource: BlockSource {}

extension HeapSource {
  /// Takes a block, aligned as the allocator aligns blocks of this size by itself.
  @inline(__always)
  package func allocate(
    anywhere byteCount: Int
  ) throws(CommandFailure) -> UnsafeMutableRawPointer {
    unsafe try allocate(byteCount, alignment: 1, zeroed: false)
  }

  /// Gives a block back that this allocator has handed out, by the number of its address.
  @inline(__always)
  package func free(_ address: UInt) { free(address, byteCount: 0) }
}

extension MallocSource: HeapSource {}
extension CompoundSource: HeapSource {}
