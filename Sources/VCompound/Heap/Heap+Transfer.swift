// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// Moves bytes between a file of the caller's and blocks that the caller has.
  ///
  /// - Returns: as the operating system's `transfer`.
  func transfer(
    _ direction: TransferDirection, _ file: Int32, offset: Int64?, _ pieces: [Memory]
  ) -> (byteCount: Int, errno: Int32) {
    system.transfer(direction, file, offset: offset, pieces)
  }
}
