// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What is done to memory as a whole.
///
/// The addresses come from owners of mappings, which vouch for the ranges.
enum RawMemory {
  /// Fills memory with a byte.
  static func fill(_ address: UInt, _ byteCount: ByteCount, with byte: UInt8) {
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe memset(start, Int32(byte), byteCount.rawValue)
  }

  /// Copies memory to a place that does not overlap it.
  static func copy(_ byteCount: ByteCount, from source: UInt, to destination: UInt) {
    guard let source = unsafe UnsafeRawPointer(bitPattern: source),
      let destination = unsafe UnsafeMutableRawPointer(bitPattern: destination)
    else { return }
    unsafe memcpy(destination, source, byteCount.rawValue)
  }
}

extension CompoundError {
  /// Whether the kernel or the budget had no mapping left.
  ///
  /// Memory in one piece needs none.
  var isShortageOfMappings: Bool {
    switch self {
    case .mappingBudget, .systemCall(_, errno: ENOMEM): true
    default: false
    }
  }
}
