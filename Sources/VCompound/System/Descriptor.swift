// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Owns an open file, and closes it when it goes.
///
/// Invariant: the descriptor is open and belongs to this value alone.
package struct Descriptor: ~Copyable, Sendable {
  /// The number, for calls that borrow the file.
  package let rawValue: Int32

  private let system: OperatingSystem

  /// Creates a memory file of no size.
  package init(creatingFile name: String, system: OperatingSystem) throws(CompoundError) {
    rawValue = try system.createFile(name: name)
    self.system = system
  }

  deinit {
    system.closeFile(rawValue)
  }
}
