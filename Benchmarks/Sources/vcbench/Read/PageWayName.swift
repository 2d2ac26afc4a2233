// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The ways that are compared.
package enum PageWayName: String, CaseIterable, Sendable {
  case pool
  case bulk
  case frames
  case malloc

  /// What it is, in half a line.
  var summary: String {
    switch self {
    case .pool: "page pool"
    case .bulk: "bulk, no pool"
    case .frames: "page by page"
    case .malloc: "malloc"
    }
  }
}
