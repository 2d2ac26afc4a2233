// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Owns a range of address space, and gives it back when it goes.
///
/// Invariant: the range was obtained from the kernel by this process, belongs to no other owner,
/// and stays mapped (or reserved) for as long as the value lives.
package struct Mapping: ~Copyable, Sendable {
  /// The lowest address.
  package let address: UInt

  /// The length, whole pages; zero once the range has another owner.
  package private(set) var byteCount: ByteCount

  private let system: OperatingSystem

  /// Takes over a range that the caller has obtained.
  init(adopting address: UInt, byteCount: ByteCount, system: OperatingSystem) {
    self.address = address
    self.byteCount = byteCount
    self.system = system
  }

  /// Reserves address space without memory.
  package init(reserving byteCount: ByteCount, system: OperatingSystem) throws(CompoundError) {
    let address = try system.reserve(byteCount: byteCount)
    self.init(adopting: address, byteCount: byteCount, system: system)
  }

  /// Whether the address lies in the range.
  @inline(__always)
  package func contains(_ address: UInt) -> Bool {
    address &- self.address < UInt(bitPattern: byteCount.rawValue)
  }

  /// Hands the range over to the caller, which gives it back from now on.
  package consuming func relinquish() -> UInt {
    byteCount = 0
    return address
  }

  deinit {
    guard byteCount > 0 else { return }
    ProcessState.release(
      AddressRange(address: address, byteCount: byteCount), system: system)
  }
}
