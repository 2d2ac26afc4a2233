// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The ways to come by pages that are compared.
package enum PageWay: String, CaseIterable, Sendable {
  case pool
  case bulk
  case frames
  case malloc
  case ring

  /// Those that `read` compares: pages of the bare ring come back from one thread only.
  package static let forRead: [PageWay] = [.pool, .bulk, .frames, .malloc]

  /// What it is, in half a line.
  package var summary: String {
    switch self {
    case .pool: "page pool"
    case .bulk: "bulk, no pool"
    case .frames: "page by page"
    case .malloc: "malloc"
    case .ring: "bare ring"
    }
  }
}
