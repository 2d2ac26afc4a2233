// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Whoever hands out blocks in a benchmark.
package protocol BlockSource: Sendable {
  /// Takes a block.
  func allocate(
    _ byteCount: Int, alignment: Int, zeroed: Bool
  ) throws(CommandFailure) -> UnsafeMutableRawPointer

  /// Gives a block back.
  func free(_ block: UnsafeMutableRawPointer, byteCount: Int)
}

extension BlockSource {
  /// Takes a block without any wishes; on a page boundary, as the pointer interface has it.
  @inline(__always)
  package func allocate(
    _ byteCount: Int
  ) throws(CommandFailure) -> UnsafeMutableRawPointer {
    unsafe try allocate(byteCount, alignment: LivePeak.pageSize, zeroed: false)
  }

  /// Gives a block back by the number of its address.
  @inline(__always)
  package func free(_ address: UInt, byteCount: Int) {
    guard let block = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe free(block, byteCount: byteCount)
  }
}
