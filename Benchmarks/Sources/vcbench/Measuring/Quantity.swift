// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a figure counts.
package enum Quantity: String, Equatable, Sendable {
  /// The time of one operation.
  case nanoseconds = "ns"
  /// Operations in a second.
  case rate = "1/s"
  /// Resident bytes for each live one.
  case footprint = "bytes/byte"
  /// Chunks of 2 MiB.
  case chunks
  /// Pages of 4 KiB.
  case pages

  /// A figure as people read it.
  package func text(_ value: Double) -> String {
    switch self {
    case .nanoseconds where value < 1: Format.decimal(value, digits: 2) + " ns"
    case .nanoseconds where value < 100: Format.decimal(value, digits: 1) + " ns"
    case .nanoseconds: Format.duration(nanoseconds: value)
    case .rate where value >= 1e6: Format.decimal(value / 1e6, digits: 2) + " M/s"
    case .rate: Format.decimal(value / 1e3, digits: 2) + " k/s"
    case .footprint: Format.decimal(value, digits: 3)
    case .chunks, .pages: Format.decimal(value, digits: 0)
    }
  }
}
