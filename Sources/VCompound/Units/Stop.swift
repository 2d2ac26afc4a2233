// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Stops the program because of a mistake of its author, which must not be survived.
///
/// - Parameter message: what was done wrong, with the address.
func stop(_ message: String) -> Never {
  fatalError("VCompound: \(message)")
}

/// An address in hexadecimal digits.
func hexadecimal(_ address: UInt) -> String { "0x" + String(address, radix: 16) }
